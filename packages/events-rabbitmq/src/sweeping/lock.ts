import { NoAnswer } from '@payments/events-core';
import type { OwnConnection } from '../connection.ts';
import { withChannel } from '../connection/channel.ts';
import { replies, replyCode, topologyError } from '../errors.ts';
import type { Live } from '../connection/link.ts';

/** A name that one at a time may have, among all processes. */
export interface SweepLock {
  /** Exclusive to the connection that has it, and gone with it. */
  readonly queue: string;
  readonly path: string;
  readonly busy: () => Error;
}

const connectionMs = 5_000;

/** A lock on a queue name is what tells a second sweep that it would see only a part. */
export function createSweepLocks(connectionOf: () => OwnConnection) {
  /** The broker's lock lets the connection pass that has it. */
  const taken = new Set<string>();

  async function lock(connection: OwnConnection, live: Live, { queue, path, busy }: SweepLock): Promise<void> {
    let asked = false;
    try {
      await withChannel(live, connection.runtime.clock, (channel) => {
        asked = true;
        return channel.assertQueue(queue, {
          exclusive: true,
          durable: false,
          arguments: { 'x-queue-type': 'classic' },
        });
      });
    } catch (error) {
      // It may be declared yet: this connection would have the lock for as long as it lasts, and nobody would unlock it.
      if (asked && error instanceof NoAnswer) live.giveUp(error);
      if (replyCode(error) === replies.locked) throw busy();
      throw topologyError(error, { what: `Queue "${queue}"`, path });
    }
  }

  async function unlock({ runtime }: OwnConnection, live: Live, queue: string): Promise<void> {
    if (live.over.aborted) return;
    try {
      await withChannel(live, runtime.clock, (channel) => channel.deleteQueue(queue));
    } catch (error) {
      // It ends with the connection, and nobody else could sweep until then.
      live.giveUp(new Error('The lock of a sweep could not be released.', { cause: error }));
    }
  }

  /** Runs it while nobody else has the lock. @throws what `busy` brings, when somebody has; {BrokerUnavailableError} */
  return async function alone<T>(
    held: SweepLock,
    run: (connection: OwnConnection, live: Live) => Promise<T>,
  ): Promise<T> {
    if (taken.has(held.queue)) throw held.busy();
    taken.add(held.queue);
    try {
      const connection = connectionOf();
      const live = await connection.consumingWithin(connectionMs);
      await lock(connection, live, held);
      try {
        return await run(connection, live);
      } finally {
        await unlock(connection, live, held.queue);
      }
    } finally {
      taken.delete(held.queue);
    }
  };
}

export type SweepLocks = ReturnType<typeof createSweepLocks>;
