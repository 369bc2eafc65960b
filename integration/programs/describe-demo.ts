/** The demo with another configuration, and with a broker that is stopped in the middle of the day. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BrokerContainer } from '../brokers/broker-container.ts';
import { complaintsIn } from './complaints.ts';
import { runExample } from './run-example.ts';

/** A broker of the demo's own. */
export interface DemoBroker {
  readonly container: BrokerContainer;
  /** The `messaging` section that leads to it. */
  readonly messaging: { readonly broker_type: string } & Readonly<Record<string, unknown>>;
  /** Lines of the error output that are no complaint. @default none */
  readonly expectedToSay?: RegExp;
}

const addsUp = [
  /^✓ ledger +(\d+) wanted, \1 handled$/m,
  /^✓ notifications +(\d+) wanted, \1 handled$/m,
  /^✓ analytics +(\d+) wanted, \1 handled$/m,
  /^✓ CHF +120\.00 published, 120\.00 announced at closing, 120\.00 in the ledger$/m,
  /^✓ dead letters +0 expected, 0 left$/m,
  /^✓ Everything adds up, after \d+\.\d s\.$/m,
];

export function describeDemo(name: string, open: () => Promise<DemoBroker>): void {
  let broker: DemoBroker;
  let folder: string;
  let configuration: string;

  beforeAll(async () => {
    broker = await open();
    folder = mkdtempSync(join(tmpdir(), 'demo-'));
    configuration = join(folder, 'payment_config.json');
    writeFileSync(configuration, JSON.stringify({ messaging: broker.messaging }));
  }, 180_000);

  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await broker.container.remove();
  });

  describe(`the demo on ${name}`, { timeout: 180_000 }, () => {
    test('adds up when the broker is stopped in the middle of the day, and shows what a user sees of it', async () => {
      let outage: Promise<void> | undefined;
      const stopAndStart = async (): Promise<void> => {
        await broker.container.stop();
        // Long enough for publishes to wait visibly.
        await sleep(3_000);
        await broker.container.start();
      };
      const { exitCode, stdout, stderr } = await runExample('demo/main.ts', {
        args: [configuration],
        onOutput: (said) => {
          if (said.includes('\n  09:00')) outage ??= stopAndStart();
        },
        timeoutMs: 150_000,
      });
      await outage;
      const complaints = complaintsIn(stderr, broker.expectedToSay);
      expect({ exitCode, complaints }, stdout).toEqual({ exitCode: 0, complaints: [] });
      expect(outage).toBeDefined();
      const { broker_type } = broker.messaging;
      for (const line of [
        new RegExp(`^ {4}✗ ${broker_type}: connection lost$`, 'm'),
        /^ {4}… \d+ publishes wait for the broker$/m,
        new RegExp(`^ {4}✓ ${broker_type}: connection found$`, 'm'),
        ...addsUp,
      ]) {
        expect(stdout).toMatch(line);
      }
    });

    test('adds up in a second run on the same broker, and says what stays there', async () => {
      const { exitCode, stdout, stderr } = await runExample('demo/main.ts', { args: [configuration] });
      const complaints = complaintsIn(stderr, broker.expectedToSay);
      expect({ exitCode, complaints }, stdout).toEqual({ exitCode: 0, complaints: [] });
      for (const line of addsUp) expect(stdout).toMatch(line);
      expect(stdout).toMatch(/stay on the broker/);
      expect(stdout).toContain(`docs/brokers/${broker.messaging.broker_type}.md`);
    });
  });
}
