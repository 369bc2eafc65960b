import { randomUUID } from 'node:crypto';
import { describeError } from '@payments/events-core';
import { privateHeaders, type StoredCopy } from '../messages/copy-note.ts';
import { createLane, type Lane, type LanePlace } from './lane.ts';
import type { Outcome, Posting } from './posting.ts';

/** Why a copy was not stored. `lost`: the connection went before the answer, so it may be stored all the same. */
export type CopyFailure = 'unroutable' | 'full' | 'forbidden' | 'too-large' | 'lost' | 'other';

export class CopyError extends Error {
  override readonly name = 'CopyError';
  readonly reason: CopyFailure;

  constructor(message: string, reason: CopyFailure, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** Confirmed, mandatory copies to a queue, through the default exchange, on the connection that publishes. */
export interface Copies {
  /**
   * Resolves when the broker has stored the copy: confirmed, and not returned. Waits for a connection.
   * @throws {CopyError}; signal.reason at abort, whether written or not.
   */
  store(queue: string, copy: StoredCopy, signal: AbortSignal): Promise<void>;
}

interface CopyPosting extends Posting<CopyPosting> {
  readonly queue: string;
  /** Unlike an id, which foreign messages need not have, different for each. */
  readonly name: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A lane of its own: neither waits for events, nor they for it. */
const maxMessages = 1_000;
const maxBytes = 32 * 1024 * 1024;

export interface CopiesOptions {
  readonly place: LanePlace;
  readonly progressed: () => void;
}

export interface CopiesLane extends Copies {
  readonly lane: Pick<Lane<CopyPosting>, 'drain' | 'close'>;
}

export function createCopies({ place, progressed }: CopiesOptions): CopiesLane {
  const instance = randomUUID();
  let count = 0;

  const lane = createLane<CopyPosting>(place, {
    maxMessages,
    maxBytes,
    settled,
    isReturned: ({ name }, { properties }) => properties.headers?.[privateHeaders.copy] === name,
    progressed,
    // The default exchange cannot be missing.
    repair: () => Promise.resolve(),
  });

  function settled(posting: CopyPosting, outcome: Outcome): void {
    if (outcome.kind === 'accepted') return posting.resolve();
    if (outcome.kind === 'aborted' && posting.signal.aborted) return posting.reject(posting.signal.reason);
    posting.reject(errorOf(posting.queue, outcome));
  }

  return {
    lane,
    store(queue, { content, properties }, signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      count += 1;
      const name = `${instance}-${count}`;
      const headers: unknown = { ...properties.headers, [privateHeaders.copy]: name };
      return new Promise((resolve, reject) => {
        lane.post({
          exchange: '',
          native: { routingKey: queue, content, properties: { ...properties, headers, mandatory: true } },
          bytes: content.length,
          signal,
          queue,
          name,
          resolve,
          reject,
          stage: 'waiting',
          writtenAt: 0,
          returned: false,
          previous: undefined,
          next: undefined,
        });
      });
    },
  };
}

function errorOf(queue: string, outcome: Exclude<Outcome, { kind: 'accepted' }>): CopyError {
  const to = `a copy to queue "${queue}"`;
  switch (outcome.kind) {
    case 'returned':
      return new CopyError(`RabbitMQ has no queue "${queue}" to store a copy in.`, 'unroutable');
    case 'full':
      return new CopyError(`RabbitMQ has refused ${to}: the queue is full, or cannot be reached.`, 'full');
    case 'aborted':
      return new CopyError(`RabbitMQ has not confirmed ${to} before the adapter was closed.`, 'lost');
    default: {
      const { kind, error } = outcome;
      const said = describeError(error).text;
      if (kind === 'lost')
        return new CopyError(`The connection ended before RabbitMQ confirmed ${to}: ${said}`, 'lost', { cause: error });
      // The client writes headers into 64 KiB.
      const tooLarge = kind === 'invalid' && (error instanceof RangeError || /larger than/.test(said));
      const reason = kind === 'forbidden' ? 'forbidden' : tooLarge ? 'too-large' : 'other';
      return new CopyError(`RabbitMQ has refused ${to}: ${said}`, reason, { cause: error });
    }
  }
}
