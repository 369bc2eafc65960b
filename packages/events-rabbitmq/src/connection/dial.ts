import type { EventEmitter } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { ConfigurationError, describeError, type AdapterRuntime } from '@payments/events-core';
import { connect, type ChannelModel, type Options, type SocketOptions } from 'amqplib';
import { refusedConnection } from '../errors.ts';
import { joinedBytes, joinedWrites } from './joined-writes.ts';
import type { Dialled, Link } from './link.ts';
import type { Settings, TlsOptions } from '../settings.ts';
import { serverProblem } from './server-version.ts';

/** Until the broker lets us in. */
const connectMs = 10_000;
/** A peer that is silent would keep the socket of a connection that has ended. */
const lingerMs = 1_000;

export interface Dialling {
  readonly settings: Settings;
  readonly runtime: AdapterRuntime;
  readonly name: Link['name'];
}

/**
 * One try to connect, within 10 s.
 * @throws {ConfigurationError} for what waiting will hardly mend.
 */
export async function dial({ settings, runtime, name }: Dialling, signal: AbortSignal): Promise<Dialled> {
  const { clock, instance } = runtime;
  const socket = {
    ...(settings.tls === undefined ? {} : await tlsOf(settings.tls)),
    noDelay: true,
    keepAlive: true,
    highWaterMark: joinedBytes,
    clientProperties: { connection_name: `payments-events ${name} ${instance}` },
  };
  // Destroys the socket at whatever stage it is: the client itself cannot take back a connect.
  const giveUp = new AbortController();
  const onAbort = () => giveUp.abort(signal.reason);
  const cancel = clock.schedule(connectMs, () => giveUp.abort(new Error(`no answer within ${connectMs} ms`)));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    const options: SocketOptions & { readonly signal: AbortSignal } = { ...socket, signal: giveUp.signal };
    const dialled = watched(await connect(serverOf(settings), options), runtime);
    const problem = serverProblem(dialled.model.connection.serverProperties, settings.allowUnverifiedServer);
    if (problem === undefined) return dialled;
    dialled.giveUp(new Error(problem));
    throw new ConfigurationError(problem, 'url');
  } catch (error) {
    throw refusedConnection(giveUp.signal.aborted ? giveUp.signal.reason : error, settings);
  } finally {
    cancel();
    signal.removeEventListener('abort', onAbort);
  }
}

function serverOf({ host, port, vhost, tls, heartbeatS, login }: Settings): Options.Connect {
  return {
    protocol: tls === undefined ? 'amqp' : 'amqps',
    hostname: host,
    port,
    // The client decodes it.
    vhost: encodeURIComponent(vhost),
    heartbeat: heartbeatS,
    ...login(),
  };
}

async function tlsOf({ caFile, certFile, keyFile, serverName }: TlsOptions): Promise<SocketOptions> {
  const [ca, cert, key] = await Promise.all([
    contents('tls.caFile', caFile),
    contents('tls.certFile', certFile),
    contents('tls.keyFile', keyFile),
  ]);
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

/** Read for each connection: certificates are renewed while a process runs. */
async function contents(path: string, file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file);
  } catch (error) {
    throw new ConfigurationError(`${path} cannot be read: ${describeError(error).text}`, path, { cause: error });
  }
}

/** In the same turn as the connection comes: an `error` event without a listener would end the process. */
function watched(model: ChannelModel, { clock }: AdapterRuntime): Dialled {
  const over = new AbortController();
  const connection = model.connection as ChannelModel['connection'] & EventEmitter & { readonly stream: Duplex };
  const { stream } = connection;
  let failure: unknown;
  let tell: (reason: string | undefined) => void = () => {};

  const end = (error?: unknown) => {
    if (over.signal.aborted) return;
    over.abort(failure ?? error ?? new Error('The connection was closed.'));
    if (stream.closed) return;
    const cancel = clock.schedule(lingerMs, () => stream.destroy());
    stream.once('close', cancel);
  };
  // Not every end is an `error`: a broker that is shut down says only `close`.
  model.on('error', (error) => {
    failure = error;
  });
  model.on('close', end);
  model.on('blocked', (reason) => tell(reason));
  model.on('unblocked', () => tell(undefined));
  connection.on('handler-error', () => {});
  // Closed by what came with the same packet.
  if (stream.destroyed || stream.writableEnded) end();

  return {
    model,
    over: over.signal,
    onBlocked(listener) {
      tell = listener;
    },
    joinWrites: joinedWrites(stream),
    giveUp(why) {
      // Without an error the client would not notice before the next heartbeat.
      if (!stream.destroyed) stream.destroy(why);
    },
  };
}
