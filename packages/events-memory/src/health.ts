import { setImmediate, setTimeout } from 'node:timers';
import type { HealthProblem, HealthReport } from '@payments/events-core';
import type { Connection } from './connection.ts';
import type { Live } from './dial.ts';

/** A health check answers within two seconds, whatever the broker does. */
const pingTimeoutMs = 1_500;
/** Under a virtual clock time may stand still: an answer comes at once or not at all. */
const pingTurns = 3;

export interface HealthOptions {
  readonly connection: Connection;
  readonly clock: 'system' | 'virtual';
  /** What is wrong on this side. */
  readonly problems: readonly HealthProblem[];
}

/** Asks the server for an answer: a connection that is open proves nothing. */
export async function checkHealth({ connection, clock, problems }: HealthOptions): Promise<HealthReport> {
  const { live, closed } = connection;
  if (closed) return down(connection, 'closed', 'The memory broker was closed.');
  if (live === undefined) return down(connection, 'disconnected', 'There is no connection to the memory broker.');
  const complaints = await ping(live, clock);
  if (complaints === undefined) return down(connection, 'no-answer', 'The memory broker does not answer.');
  connection.progressed();
  const found = [...complaints, ...problems];
  return { status: found.length === 0 ? 'up' : 'degraded', problems: found, ...progressOf(connection) };
}

function down(connection: Connection, code: string, message: string): HealthReport {
  return { status: 'down', problems: [{ code, message }], ...progressOf(connection) };
}

function progressOf({ lastProgressAt }: Connection): Pick<HealthReport, 'lastProgressAt'> {
  return lastProgressAt === undefined ? {} : { lastProgressAt: new Date(lastProgressAt) };
}

/** The server's own complaints; undefined when it does not answer in time. */
async function ping(
  { session, wire }: Live,
  clock: 'system' | 'virtual',
): Promise<readonly HealthProblem[] | undefined> {
  const { promise, resolve } = Promise.withResolvers<readonly HealthProblem[] | undefined>();
  wire.call(() => session.ping()).then(resolve, () => resolve(undefined));
  if (clock === 'system') {
    const timer = setTimeout(resolve, pingTimeoutMs, undefined);
    return promise.finally(() => clearTimeout(timer));
  }
  for (let turn = 0; turn < pingTurns; turn += 1) await new Promise((next) => setImmediate(next));
  resolve(undefined);
  return promise;
}
