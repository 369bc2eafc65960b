import { ConfigurationError, DeadLetterStoreBusyError, SendError } from '@payments/events-core';
import type { ConsumeMessage } from 'amqplib';
import { toRepublished } from '../mapping.ts';
import type { Producer } from '../producer.ts';
import type { RepublishedParked, RepublishParkedOptions } from '../rabbitmq-broker.ts';
import { unroutedLock, unroutedQueue } from '../topology.ts';
import type { SweepLocks } from './lock.ts';
import { createWalk, type Step } from './walk.ts';

export interface ParkedEventsOptions {
  readonly queuePrefix: string;
  readonly alone: SweepLocks;
  /** @throws {ClosedError} from the moment the adapter is being closed: nothing may be published any more. */
  readonly producer: () => Producer;
}

export async function republishParked(
  { queuePrefix, alone, producer }: ParkedEventsOptions,
  { signal = new AbortController().signal }: RepublishParkedOptions = {},
): Promise<RepublishedParked> {
  const queue = unroutedQueue(queuePrefix);
  // With `unroutable: 'error'` nobody may ever have made it.
  const missing = new ConfigurationError(`There is no queue "${queue}".`, 'unroutable');
  /** What comes after a refused event must not overtake it. */
  const failed = new AbortController();
  let republished = 0;
  let stillParked = 0;

  function visit(message: ConsumeMessage): Step {
    const event = toRepublished(message);
    const { republish } = producer();
    if (event === undefined) {
      stillParked += 1;
      return 'keep';
    }
    return async (stop) => {
      try {
        await republish(event, { signal: AbortSignal.any([stop, failed.signal]) });
        republished += 1;
        return true;
      } catch (error) {
        if (SendError.isInstance(error) && error.reason === 'unroutable') {
          stillParked += 1;
          return false;
        }
        failed.abort();
        throw refusal(error);
      }
    };
  }

  return alone({ queue: unroutedLock(queuePrefix), path: 'queuePrefix', busy }, async (connection, live) => {
    const walk = createWalk({ connection, live, queue, what: 'The parked events', busy, missing: () => missing });
    try {
      const { complete } = await walk.run(async (message) => visit(message), signal);
      return { republished, stillParked, complete };
    } catch (error) {
      if (error !== missing) throw error;
      return { republished, stillParked, complete: true };
    }
  });
}

/** Where no answer came, it is the broker that is away, whatever the event. */
function refusal(error: unknown): unknown {
  const refused = SendError.isInstance(error) && error.outcome === 'rejected' && error.reason !== 'disconnected';
  return refused ? error : new Error('a publish was not confirmed', { cause: error });
}

function busy(): DeadLetterStoreBusyError {
  return new DeadLetterStoreBusyError(
    'The parked events are being republished by somebody else. Try again when that has ended.',
  );
}
