import { readFileSync } from 'node:fs';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type ConnectionOptions } from 'node:tls';
import { ConfigurationError, describeError } from '@payments/events-core';
import type { Address, Settings, TlsOptions } from '../settings.ts';

const keepAliveMs = 60_000;

/**
 * Opens one socket to where the address is really reached. The certificate must be for the address that was asked for.
 * @throws what `addressOf` throws, and {ConfigurationError} for files that cannot be read.
 */
export function dial(
  advertised: Address,
  { tls, addressOf }: Pick<Settings, 'tls' | 'addressOf'>,
  onConnect: () => void,
): Socket {
  const { host, port } = addressOf === undefined ? advertised : addressOf(advertised);
  const socket =
    tls === undefined
      ? connectPlain({ host, port }, onConnect)
      : connectTls({ host, port, ...verifying(tls.serverName ?? advertised.host), ...filesOf(tls) }, onConnect);
  // Requests are small, several are on their way at once, and each is written whole: nothing to wait for.
  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepAliveMs);
  return socket;
}

function verifying(name: string): ConnectionOptions {
  return {
    // TLS has no name for an address.
    servername: isIP(name) === 0 ? name : '',
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
  };
}

/**
 * Read for each connection: certificates are renewed while a process runs.
 * @throws {ConfigurationError}
 */
export function filesOf({ caFile, certFile, keyFile }: TlsOptions): Pick<ConnectionOptions, 'ca' | 'cert' | 'key'> {
  return {
    ...(caFile === undefined ? {} : { ca: contents('tls.caFile', caFile) }),
    ...(certFile === undefined ? {} : { cert: contents('tls.certFile', certFile) }),
    ...(keyFile === undefined ? {} : { key: contents('tls.keyFile', keyFile) }),
  };
}

function contents(path: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ConfigurationError(`${path} cannot be read: ${describeError(error).text}`, path, { cause: error });
  }
}
