import type { Clock } from '@payments/events-core';
import type { Client } from './server/client.ts';
import type { MemoryServer } from './server/server.ts';
import type { Session } from './server/session.ts';
import type { Wire } from './server/wire.ts';

/** A connection while it lasts. */
export interface Live {
  readonly session: Session;
  readonly wire: Wire;
}

export interface DialOptions {
  readonly server: MemoryServer;
  readonly client: Client;
  readonly clock: Clock;
  /** Milliseconds the server has to answer. */
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

/** One try to connect; undefined when it is refused, not answered, or no longer wanted. */
export async function dial({ server, client, clock, withinMs, signal }: DialOptions): Promise<Live | undefined> {
  let wire: Wire;
  try {
    wire = server.dial(client);
  } catch {
    return undefined;
  }
  const hangUp = () => wire.hangUp();
  const cancel = clock.schedule(withinMs, hangUp);
  signal.addEventListener('abort', hangUp, { once: true });
  try {
    const session = await wire.call(() => server.open(client, wire));
    return wire.open ? { session, wire } : undefined;
  } catch {
    return undefined;
  } finally {
    cancel();
    signal.removeEventListener('abort', hangUp);
  }
}
