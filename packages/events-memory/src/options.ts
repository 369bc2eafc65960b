import { ConfigurationError, type MessagingConfig } from '@payments/events-core';
import type { MemoryServer } from './server/server.ts';

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

export interface MemoryOptions extends MemoryServerOptions {
  /** Connects to a server that others use as well. Then it has the settings, and none may be given here. @default one of its own */
  readonly server?: MemoryServer;
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

/** @throws {ConfigurationError} when a server is given together with settings of its own. */
export function refuseSettingsBesideServer(options: MemoryOptions): void {
  const name = Object.keys(options).find((key) => key !== 'server');
  if (name === undefined) return;
  throw new ConfigurationError(
    `${name} belongs to the server: give it to memoryServer({ ${name} }), not to memory({ server }).`,
    name,
  );
}

/** What the `messaging` section of a configuration says. @throws {ConfigurationError} for another broker's section. */
export function optionsFromConfiguration(messaging: MessagingConfig): MemoryServerOptions {
  if (messaging.broker_type !== 'memory') {
    throw new ConfigurationError(
      `broker_type is "${messaging.broker_type}", and this is the memory adapter.`,
      'messaging.broker_type',
    );
  }
  const { capacity, history } = messaging;
  return {
    ...(capacity === undefined ? {} : { capacity }),
    // The configuration says whether, the option how much.
    ...(history === false ? { history: 0 } : {}),
  };
}
