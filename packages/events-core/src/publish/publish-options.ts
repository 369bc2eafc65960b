import type { BrokerAdapter } from '../contract/adapter.ts';
import type { Broker } from '../connection/broker.ts';
import type { Codec } from '../codec/codec.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { refuseUnknownOptions } from '../errors/refuse-unknown-options.ts';

export interface PublisherOptions<M> {
  /** What `connectBroker` returned; or an adapter, which is connected at first use and closed by its last borrower. */
  readonly broker: Broker | BrokerAdapter;
  /** Who announces, a URI reference: `/billing`. 1–200 characters. */
  readonly source: string;
  /** What may be published. @default the payment events */
  readonly events?: M;
  /** Publishes that may be unconfirmed at once; further ones wait. 1–100,000. @default 1_000 */
  readonly window?: number;
  /** Bytes that may wait for a place in the window, those of the encoded events and 2 KiB for each; beyond it publishing is rejected at once. @default 67_108_864 */
  readonly maxWaitingBytes?: number;
  /** Milliseconds from the call until the promise has settled, waiting and retries included. 100–3,600,000. @default 10_000 */
  readonly publishTimeoutMs?: number;
  /** Largest encoded event in bytes. The broker's own limit holds too. 1,024–134,217,728. @default 262_144 */
  readonly maxBodyBytes?: number;
  /** @default JSON */
  readonly codec?: Codec;
  /** W3C trace context of the caller, asked at each publish; synchronous. */
  readonly traceparent?: () => string | undefined;
}

const optionNames: readonly (keyof PublisherOptions<unknown>)[] = [
  'broker',
  'source',
  'events',
  'window',
  'maxWaitingBytes',
  'publishTimeoutMs',
  'maxBodyBytes',
  'codec',
  'traceparent',
];

export interface PublishLimits {
  readonly window: number;
  readonly maxWaitingBytes: number;
  readonly publishTimeoutMs: number;
  readonly maxBodyBytes: number;
}

const limits = {
  window: { fallback: 1_000, least: 1, most: 100_000 },
  maxWaitingBytes: { fallback: 64 * 1_024 * 1_024, least: 0, most: Number.MAX_SAFE_INTEGER },
  publishTimeoutMs: { fallback: 10_000, least: 100, most: 3_600_000 },
  maxBodyBytes: { fallback: 256 * 1_024, least: 1_024, most: 128 * 1_024 * 1_024 },
} as const;

/** @throws {ConfigurationError} for a value outside its range. */
export function resolvePublishLimits(options: Partial<PublishLimits> & { readonly source: string }): PublishLimits {
  refuseUnknownOptions(options, optionNames, 'publisher');
  if (sourceProblem(options.source) !== undefined) {
    throw new ConfigurationError(
      "publisher.source must name who announces, in 1 to 200 characters: source: '/billing'.",
      'publisher.source',
    );
  }
  return {
    window: within('window', options.window),
    maxWaitingBytes: within('maxWaitingBytes', options.maxWaitingBytes),
    publishTimeoutMs: within('publishTimeoutMs', options.publishTimeoutMs),
    maxBodyBytes: within('maxBodyBytes', options.maxBodyBytes),
  };
}

/** Why a value does not name who announces, or undefined: 1–200 characters. */
export function sourceProblem(source: unknown): string | undefined {
  if (typeof source !== 'string') return 'must be a string';
  return source === '' || source.length > 200 ? 'must have 1 to 200 characters' : undefined;
}

function within(name: keyof PublishLimits, value: number = limits[name].fallback): number {
  const { least, most } = limits[name];
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new ConfigurationError(
    `publisher.${name} must be a whole number from ${least} to ${most}.`,
    `publisher.${name}`,
  );
}
