import { globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runProgram } from './run-program.ts';

/** Each program and what it must say, in this order. */
const programs: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  'automatic-publishing.ts': [
    'payment.transaction.created pay_1',
    'payment.transaction.succeeded pay_1',
    'payment.transaction.refunded pay_1',
  ],
  'dead-letters.ts': [
    'booked pay_1',
    /^\S+: payment\.transaction\.succeeded pay_2, non-retryable after attempt 1: no account for CHF$/,
    /^\S+: payment\.transaction\.succeeded pay_3, non-retryable after attempt 1: no account for ISK$/,
    'booked pay_2',
    'redriven: 1',
    'discarded: 1',
  ],
  'default-handlers.ts': [
    /^\[payments\/events\] received payment\.customer\.created, id \S+, key cus_1$/,
    'thank you, cus_1',
  ],
  'graceful-shutdown.ts': ['sending invoice inv_1', 'sent invoice inv_1', 'shut down'],
  'idempotent-handler.ts': ['ship what invoice inv_1 paid for', 'duplicates kept from the handlers: 1'],
  'load-configuration.ts': [
    'kafka.json:',
    '  topic_prefix: "payments."',
    '  auto_offset_reset: "earliest"',
    'memory.json:',
    'nats.json:',
    '  queue_group: "payment-service"',
    'rabbitmq.json:',
    '  exchange_durable: true',
    'redis.json:',
    '  stream_maxlen: 1000',
  ],
  'prepare.ts': ['handled pay_1', 'left in the outbox: 0'],
  'publish-custom-event.ts': [/^The broker has event \S{36}$/],
  'register-handler.ts': ['Payment pay_1 for 4999 EUR succeeded'],
  'see-retries.ts': [
    /^payment\.transaction\.succeeded \S+ failed in group ledger, attempt 1: again in \d+ ms \{$/,
    /the database is restarting/,
  ],
  'twenty-line.ts': ['attempt 1: pay_1, 4999 EUR', 'attempt 2: pay_1, 4999 EUR', 'booked 4999'],
  'your-own-tests.ts': ['all assertions hold'],
};

/** The last one is run where there is a broker: integration/rabbitmq/examples.test.ts. */
const notPrograms = ['settled.ts', 'run-program.ts', 'while-it-runs.ts', 'republish-parked.ts'];

describe('the programs of the documentation', { timeout: 30_000 }, () => {
  test.each(Object.entries(programs))('%s runs, says what it should and ends', async (file, lines) => {
    const { exitCode, stdout, stderr } = await runProgram(join(import.meta.dirname, file));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expectInOrder(stdout.split('\n'), lines);
  });

  test('none of them is left out here', () => {
    const files = globSync('*.ts', { cwd: import.meta.dirname });
    const expected = files.filter((file) => !file.endsWith('.test.ts') && !notPrograms.includes(file));
    expect(Object.keys(programs).toSorted()).toEqual(expected.toSorted());
  });
});

function expectInOrder(said: readonly string[], expected: readonly (string | RegExp)[]): void {
  let from = 0;
  for (const wanted of expected) {
    const found = said.findIndex(
      (line, index) => index >= from && (typeof wanted === 'string' ? line === wanted : wanted.test(line)),
    );
    expect(found, `${String(wanted)} in, and in order:\n${said.join('\n')}`).toBeGreaterThanOrEqual(0);
    from = found + 1;
  }
}
