import { ConfigurationError } from '@payments/events-core';

export interface MemoryServerOptions {
  /** `virtual`: time stands still until `advance` moves it. @default 'system' */
  readonly clock?: 'system' | 'virtual';
  /** Messages held at once, that is not settled by every group that wants them; more are refused. 1–10,000,000. @default 1_000_000 */
  readonly capacity?: number;
  /** Settled messages kept per topic for groups that come later. 0–1,000,000. @default 1_000 */
  readonly history?: number;
  /** Milliseconds after which a silent consumer's messages go to others. 100–3,600,000. @default 30_000 */
  readonly leaseMs?: number;
  /** Largest body plus headers, bytes. 1,024–1,073,741,824. @default 1_048_576 */
  readonly maxMessageBytes?: number;
}

export type ServerSettings = Required<MemoryServerOptions>;

const defaults: ServerSettings = {
  clock: 'system',
  capacity: 1_000_000,
  history: 1_000,
  leaseMs: 30_000,
  maxMessageBytes: 1024 * 1024,
};

const ranges = {
  capacity: [1, 10_000_000],
  history: [0, 1_000_000],
  leaseMs: [100, 3_600_000],
  maxMessageBytes: [1_024, 1024 ** 3],
} as const;

/** An id that was stored is stored once for at least so long. */
export const deduplicationWindowMs = 10_000;

/** @throws {ConfigurationError} for an unknown option or a value outside its range. */
export function resolveServerOptions(options: MemoryServerOptions): ServerSettings {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(defaults, name)) {
      throw new ConfigurationError(
        `memory() has no option "${name}". It has: ${Object.keys(defaults).join(', ')}, server.`,
        name,
      );
    }
  }
  const settings = { ...defaults, ...options };
  if (settings.clock !== 'system' && settings.clock !== 'virtual') {
    throw new ConfigurationError("clock must be 'system' or 'virtual'.", 'clock');
  }
  for (const [name, [least, most]] of Object.entries(ranges) as [keyof typeof ranges, readonly [number, number]][]) {
    const value = settings[name];
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new ConfigurationError(`${name} must be a whole number from ${least} to ${most}.`, name);
    }
  }
  return settings;
}
