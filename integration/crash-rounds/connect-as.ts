import {
  connectBroker,
  parseConfig,
  type Broker,
  type BrokerAdapter,
  type ConnectOptions,
  type MessagingConfig,
} from '@payments/events-core';
import type { CrashBroker } from './crash-broker.ts';

/** What every adapter package exports, and a module that stands for one. */
interface AdapterModule {
  adapterFromConfiguration(messaging: MessagingConfig): BrokerAdapter;
}

/** As an application does, from its configuration. */
export async function connectAs(
  { messaging, module }: Pick<CrashBroker, 'messaging' | 'module'>,
  options: ConnectOptions = {},
): Promise<Broker> {
  const section = parseConfig({ messaging }).messaging;
  if (module === undefined) return connectBroker(section, { from: import.meta.dirname, ...options });
  const { adapterFromConfiguration } = (await import(module)) as AdapterModule;
  return connectBroker(adapterFromConfiguration(section), options);
}
