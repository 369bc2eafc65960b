import {
  connectBroker,
  parseConfig,
  type Broker,
  type BrokerAdapter,
  type MessagingConfig,
} from '@payments/events-core';
import type { ProgramAccess } from '../harness.ts';
import type { ProgramLine } from './program.ts';

/** What the clause gave to this program. */
export function given<T>(): T & ProgramAccess {
  return JSON.parse(process.argv[2] ?? '{}') as T & ProgramAccess;
}

/** Tells the clause something. */
export function say(line: ProgramLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Connects as an application does: from its configuration. */
export async function connectFrom(access: ProgramAccess): Promise<Broker> {
  return connectBroker(await adapterFrom(access));
}

export async function adapterFrom({ module, messaging }: ProgramAccess): Promise<BrokerAdapter> {
  const { adapterFromConfiguration } = (await import(module)) as {
    readonly adapterFromConfiguration: (messaging: MessagingConfig) => BrokerAdapter;
  };
  return adapterFromConfiguration(parseConfig({ messaging }).messaging);
}
