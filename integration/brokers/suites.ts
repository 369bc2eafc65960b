/** What the broker suites need before they start: a way to each broker that there are suites for, told and written down. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrokerKind } from './kinds.ts';
import { prepareBroker, prepareImage, type NoBroker } from './setup.ts';

/** Each has a folder of suites beside this one. */
export const brokersWithSuites: readonly BrokerKind[] = ['rabbitmq', 'kafka'];

const record = join(import.meta.dirname, '../../reports/brokers.json');

interface PreparedSuites {
  /** Folders of suites that have their broker. */
  readonly ready: readonly string[];
  readonly missing: readonly NoBroker[];
}

/** Prepares them all. `pnpm clauses` reads what it has left in `reports`. */
export async function prepareSuites(): Promise<PreparedSuites> {
  const prepared: Partial<Record<BrokerKind, object>> = {};
  const ready: string[] = [];
  const missing: NoBroker[] = [];
  for (const kind of brokersWithSuites) {
    const broker = await prepareBroker(kind);
    // A URL holds a password.
    prepared[kind] = broker.way === 'url' ? { way: 'url' } : broker;
    if (broker.way === 'none') missing.push(broker);
    else ready.push(`integration/${kind}/`);
    if (broker.way === 'url') await lookForContainers(kind);
  }
  mkdirSync(join(record, '..'), { recursive: true });
  writeFileSync(record, `${JSON.stringify(prepared, null, 2)}\n`);
  return { ready, missing };
}

async function lookForContainers(kind: BrokerKind): Promise<void> {
  const image = await prepareImage(kind);
  if (image.way !== 'none') return;
  console.error(`brokers: suites that break their broker need a container, and will fail. ${image.why}`);
  console.error(`brokers: the command that is missing: ${image.command}`);
}

/** Says it so that nobody can miss it. */
export function sayMissing(missing: readonly NoBroker[]): void {
  for (const { why, command, fails } of missing) {
    console.error(`\n!! NO BROKER. ${why}.`);
    console.error(`!! The command that is missing:\n!!\n!!     ${command}\n!!`);
    console.error(fails ? '!! In CI that is a failure.' : '!! Its suites do NOT run. Everything else does.');
  }
}
