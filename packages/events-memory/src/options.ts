import { ConfigurationError, type MessagingConfig } from '@payments/events-core';
import type { MemoryServerOptions } from './server/server-options.ts';
import type { MemoryServer } from './server/server.ts';

export interface MemoryOptions extends MemoryServerOptions {
  /** Connects to a server that others use as well. Then it has the settings, and none may be given here. @default one of its own */
  readonly server?: MemoryServer;
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
    ...(history === undefined ? {} : { history }),
  };
}
