import { randomUUID } from 'node:crypto';
import {
  createPublisher,
  jsonCodec,
  PublishOutcomeUnknownError,
  PublishRejectedError,
  type Broker,
  type BrokerAdapter,
  type Publisher,
  type PublisherOptions,
  type PublishReceipt,
} from '@payments/events-core';
import type { Ledger } from '../ledger/ledger.ts';
import type { LabTime } from '../time/lab-time.ts';
import type { TestData, TestEvents } from './test-event.ts';

export interface PublishWhat {
  /** @default the bench's first type */
  readonly type?: string;
  /** @default a random UUID */
  readonly id?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** @default `{ n }` */
  readonly data?: TestData;
  /** When it happened. @default now */
  readonly time?: Date;
}

/** How a publish ended. Publishing through the bench never rejects: what it threw is here, and in the ledger. */
export interface Outcome {
  readonly id: string;
  /** `failed`: neither accepted nor one of the two publish errors (an invalid event, a closed publisher). */
  readonly fate: 'accepted' | 'rejected' | 'unknown' | 'failed';
  readonly receipt?: PublishReceipt;
  readonly error?: unknown;
  readonly tookMs: number;
  /** What was published, to publish it again: to the byte, where a broker keeps both. */
  readonly what: PublishWhat & { readonly id: string };
}

/** A publisher whose every call is in the ledger. */
export interface LedgerPublisher {
  readonly publisher: Publisher<TestEvents>;
  publish(what?: PublishWhat): Promise<Outcome>;
  /** So many at once, unawaited in between. `what` is asked for each, 0 first. */
  publishMany(count: number, what?: (n: number) => PublishWhat): Promise<readonly Outcome[]>;
  close(): Promise<void>;
}

export type PublishingOptions = Partial<Omit<PublisherOptions<TestEvents>, 'broker' | 'codec'>>;

export interface PublishingContext {
  readonly ledger: Ledger;
  readonly time: LabTime;
  readonly events: TestEvents;
  readonly type: string;
  /** Milliseconds. @default core's */
  readonly publishTimeoutMs?: number;
}

export function openPublisher(
  broker: Broker | BrokerAdapter,
  context: PublishingContext,
  options: PublishingOptions,
): LedgerPublisher {
  const { ledger, time } = context;
  const source = options.source ?? '/contract-tests';
  const publisher = createPublisher<TestEvents>({
    ...(context.publishTimeoutMs === undefined ? {} : { publishTimeoutMs: context.publishTimeoutMs }),
    events: context.events,
    ...options,
    broker,
    source,
  });

  async function publish(what: PublishWhat = {}): Promise<Outcome> {
    const { type = context.type, id = randomUUID(), data = { n: 0 }, headers = {}, key } = what;
    const { time: occurred = new Date(time.now()) } = what;
    const keyed = key === undefined ? {} : { key };
    const body = jsonCodec.encode({ id, type, time: occurred.toISOString(), source, ...keyed, data });
    ledger.intend({ id, type, headers, body, ...keyed });
    const startedAt = time.now();
    const ended = (fate: Outcome['fate'], rest: Pick<Outcome, 'receipt' | 'error'>): Outcome => {
      ledger.settle(id, fate);
      return { id, fate, ...rest, tookMs: time.now() - startedAt, what: { ...what, type, id, data, time: occurred } };
    };
    try {
      const receipt = await publisher.publish(type, data, { id, time: occurred, headers, ...keyed });
      return ended('accepted', { receipt });
    } catch (error) {
      if (PublishRejectedError.isInstance(error)) return ended('rejected', { error });
      return ended(PublishOutcomeUnknownError.isInstance(error) ? 'unknown' : 'failed', { error });
    }
  }

  return {
    publisher,
    publish,
    publishMany(count, what = () => ({})) {
      return Promise.all(Array.from({ length: count }, (_, n) => publish({ data: { n }, ...what(n) })));
    },
    close: () => publisher.close(),
  };
}
