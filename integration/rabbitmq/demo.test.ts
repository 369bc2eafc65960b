/** The demo with another configuration, and with a broker that is stopped in the middle of the day. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownRabbitmqServer, type OwnRabbitmqServer } from '../brokers/rabbitmq-server.ts';
import { runExample } from './run-example.ts';

let server: OwnRabbitmqServer;
let folder: string;
let configuration: string;

beforeAll(async () => {
  server = await ownRabbitmqServer();
  folder = mkdtempSync(join(tmpdir(), 'demo-rabbitmq-'));
  configuration = join(folder, 'rabbitmq.json');
  const messaging = { broker_type: 'rabbitmq', url: server.url, exchange_name: 'demo', queue_prefix: 'demo.' };
  writeFileSync(configuration, JSON.stringify({ messaging }));
}, 180_000);

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await server.container.remove();
});

const addsUp = [
  /^✓ ledger +(\d+) wanted, \1 handled$/m,
  /^✓ notifications +(\d+) wanted, \1 handled$/m,
  /^✓ analytics +(\d+) wanted, \1 handled$/m,
  /^✓ CHF +120\.00 published, 120\.00 announced at closing, 120\.00 in the ledger$/m,
  /^✓ dead letters +0 expected, 0 left$/m,
  /^✓ Everything adds up, after \d+\.\d s\.$/m,
];

describe('the demo on RabbitMQ', { timeout: 180_000 }, () => {
  test('adds up when the broker is stopped in the middle of the day, and shows what a user sees of it', async () => {
    let outage: Promise<void> | undefined;
    const stopAndStart = async (): Promise<void> => {
      await server.container.stop();
      // Long enough for publishes to wait visibly.
      await sleep(3_000);
      await server.container.start();
    };
    const { exitCode, stdout, stderr } = await runExample('demo/main.ts', {
      args: [configuration],
      onOutput: (said) => {
        if (said.includes('\n  09:00')) outage ??= stopAndStart();
      },
      timeoutMs: 150_000,
    });
    await outage;
    expect({ exitCode, stderr }, stdout).toEqual({ exitCode: 0, stderr: '' });
    expect(outage).toBeDefined();
    for (const line of [
      /^ {4}✗ rabbitmq: connection lost$/m,
      /^ {4}… \d+ publishes wait for the broker$/m,
      /^ {4}✓ rabbitmq: connection found$/m,
      ...addsUp,
    ]) {
      expect(stdout).toMatch(line);
    }
  });

  test('adds up in a second run on the same broker, and says what stays there', async () => {
    const { exitCode, stdout, stderr } = await runExample('demo/main.ts', { args: [configuration] });
    expect({ exitCode, stderr }, stdout).toEqual({ exitCode: 0, stderr: '' });
    for (const line of addsUp) expect(stdout).toMatch(line);
    expect(stdout).toMatch(/stay on the broker/);
    expect(stdout).toMatch(/docs\/brokers\/rabbitmq\.md/);
  });
});
