import { EventsError, type Backlog } from '@payments/events-core';
import { withChannel } from './connection/channel.ts';
import type { OwnConnection } from './connection.ts';
import { replies, replyCode, unavailable, undeclared } from './errors.ts';
import type { Live } from './connection/link.ts';
import { queuesOf } from './topology.ts';

const connectionMs = 1_500;
/** Those of core's default policy: RabbitMQ has no way to ask for the names of a group's queues. */
const usualStepsMs: readonly number[] = [1_000, 3_000, 9_000, 27_000];

export interface BacklogOptions {
  readonly connection: OwnConnection;
  readonly group: string;
  /** The group's steps, where this process has declared it. */
  readonly retryDelaysMs: readonly number[] | undefined;
  /** What this process holds of it. */
  readonly inFlight: number;
  /** Letters that a sweep of this process holds. */
  readonly swept: number;
}

/**
 * Counts what is ready in the group's queues. A lower bound: nobody counts what the broker moves from a retry queue, nor
 * what other processes hold.
 */
export async function measureBacklog(options: BacklogOptions): Promise<Backlog> {
  const { connection, group, retryDelaysMs = usualStepsMs, inFlight, swept } = options;
  const live = await connection.consumingWithin(connectionMs);
  const queues = queuesOf(connection.settings.queuePrefix, group);
  const ready = (queue: string) => readyIn(queue, { connection, live });
  try {
    const [work, suspects, dead, ...retries] = await Promise.all([
      ready(queues.work),
      ready(queues.suspects),
      ready(queues.dead),
      ...retryDelaysMs.map((stepMs) => ready(queues.retry(stepMs))),
    ]);
    if (work === undefined) throw undeclared(group, queues.work);
    connection.progressed();
    return {
      waiting: work + (suspects ?? 0),
      inFlight,
      retrying: retries.reduce<number>((sum, count) => sum + (count ?? 0), 0),
      dead: (dead ?? 0) + swept,
      exact: false,
      bound: 'lower',
    };
  } catch (error) {
    if (EventsError.isInstance(error)) throw error;
    throw unavailable(`The backlog of group "${group}" could not be measured`, error);
  }
}

/** Undefined when there is no such queue. Each on a channel of its own: asking for a missing queue closes it. */
async function readyIn(
  queue: string,
  { connection, live }: { readonly connection: OwnConnection; readonly live: Live },
): Promise<number | undefined> {
  try {
    const { messageCount } = await withChannel(live, connection.runtime.clock, (channel) => channel.checkQueue(queue));
    return messageCount;
  } catch (error) {
    if (replyCode(error) === replies.notFound) return undefined;
    throw error;
  }
}
