import type { Broker } from '../connection/broker.ts';
import type { Codec } from '../codec/codec.ts';
import type { ForeignAmounts } from '../codec/foreign.ts';
import type { BrokerAdapter } from '../contract/adapter.ts';
import type { Ordering } from '../contract/subscription.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { refuseUnknownOptions } from '../errors/refuse-unknown-options.ts';
import { groupProblem } from '../events/names.ts';
import type { Inbox } from './inbox.ts';
import { resolveRetryPolicy, type RetryPolicy } from './retry-policy.ts';

export interface ConsumerOptions<M> {
  /** What `connectBroker` returned; or an adapter, which is connected at first use and closed by its last borrower. */
  readonly broker: Broker | BrokerAdapter;
  /** The consumers that share one copy of the events: `[a-z0-9][a-z0-9_-]{0,62}`. @default the configured group, else `payment-service` */
  readonly group?: string;
  /** What may be handled. @default the payment events */
  readonly events?: M;
  /** `key`: events of one topic and key are handled one at a time, in publish order, across the group, even when one fails. @default 'none' */
  readonly ordering?: Ordering;
  /** Handlers that may run at once; one that ignores its signal after a timeout no longer counts. 1–10,000. @default 10 */
  readonly concurrency?: number;
  /** Events held at once, ordering `key` only (`none` holds as many as `concurrency`). At least `concurrency`, at most 65,535. @default max(64, 8 × concurrency) */
  readonly maxInFlight?: number;
  /** Milliseconds an attempt may take, 10–86,400,000; then its signal fires and it counts as failed. @default 30_000 */
  readonly handlerTimeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** Keeps duplicates of an id from the handlers. @default none */
  readonly inbox?: Inbox;
  /** A type outside `events` that a pattern matches. `ignore` acknowledges it. @default 'deadLetter' */
  readonly onUnknownType?: 'deadLetter' | 'ignore';
  /** What the amounts of producers mean that are not this library. @default an event with such an amount is dead-lettered */
  readonly foreign?: { readonly amounts: ForeignAmounts };
  /** Deliveries of an event that may end without a settlement before it is dead-lettered as a crash loop. 1–1,000. @default 10 */
  readonly maxUnsettled?: number;
  /** Where the group begins if it does not exist yet. @default the configured place, else 'earliest' */
  readonly startFrom?: 'earliest' | 'latest';
  /** Ways to read a body, chosen by its content type; the first where none is named. @default JSON */
  readonly codecs?: readonly [Codec, ...Codec[]];
}

const optionNames: readonly (keyof ConsumerOptions<unknown>)[] = [
  'broker',
  'group',
  'events',
  'ordering',
  'concurrency',
  'maxInFlight',
  'handlerTimeoutMs',
  'retry',
  'inbox',
  'onUnknownType',
  'foreign',
  'maxUnsettled',
  'startFrom',
  'codecs',
];

export interface ConsumerLimits {
  readonly group: string;
  readonly ordering: Ordering;
  readonly concurrency: number;
  readonly maxInFlight: number;
  readonly handlerTimeoutMs: number;
  readonly maxUnsettled: number;
  readonly policy: RetryPolicy;
  readonly onUnknownType: 'deadLetter' | 'ignore';
}

/** @throws {ConfigurationError} for a value outside its range. */
export function resolveConsumerLimits(options: ConsumerOptions<unknown>, defaultGroup: string): ConsumerLimits {
  refuseUnknownOptions(options, optionNames, 'consumer');
  const group = options.group ?? defaultGroup;
  const problem = groupProblem(group);
  if (problem !== undefined) throw new ConfigurationError(`consumer.group ${problem}.`, 'consumer.group');
  const ordering = oneOf('ordering', options.ordering ?? 'none', ['none', 'key']);
  const concurrency = whole('concurrency', options.concurrency ?? 10, 1, 10_000);
  if (ordering === 'none' && options.maxInFlight !== undefined) {
    throw new ConfigurationError(
      "consumer.maxInFlight belongs to ordering 'key'; with 'none' it is the concurrency.",
      'consumer.maxInFlight',
    );
  }
  const most = options.maxInFlight ?? Math.min(65_535, Math.max(64, 8 * concurrency));
  return {
    group,
    ordering,
    concurrency,
    maxInFlight: ordering === 'none' ? concurrency : whole('maxInFlight', most, concurrency, 65_535),
    handlerTimeoutMs: whole('handlerTimeoutMs', options.handlerTimeoutMs ?? 30_000, 10, 86_400_000),
    maxUnsettled: whole('maxUnsettled', options.maxUnsettled ?? 10, 1, 1_000),
    policy: resolveRetryPolicy(options.retry),
    onUnknownType: oneOf('onUnknownType', options.onUnknownType ?? 'deadLetter', ['deadLetter', 'ignore']),
  };
}

function whole(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new ConfigurationError(`consumer.${name} must be a whole number from ${least} to ${most}.`, `consumer.${name}`);
}

function oneOf<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw new ConfigurationError(
    `consumer.${name} must be ${allowed.map((one) => `'${one}'`).join(' or ')}.`,
    `consumer.${name}`,
  );
}
