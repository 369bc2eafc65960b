/** The programs of the documentation, which say memory, on RabbitMQ: nothing is changed but the configuration. */
import { describe, expect, test } from 'vitest';
import { runExample } from './run-example.ts';
import { openVirtualHost } from './support/virtual-host.ts';

/** Each program and what it must say. */
const programs: Readonly<Record<string, readonly RegExp[]>> = {
  'twenty-line.ts': [/^attempt 1: pay_1, 4999 EUR$/, /^attempt 2: pay_1, 4999 EUR$/, /^booked 4999$/],
  'publish-custom-event.ts': [/^The broker has event \S{36}$/],
  'register-handler.ts': [/^Payment pay_1 for 4999 EUR succeeded$/],
  'default-handlers.ts': [/received payment\.customer\.created, id \S+, key cus_1$/, /^thank you, cus_1$/],
  'automatic-publishing.ts': [
    /^payment\.transaction\.created pay_1$/,
    /^payment\.transaction\.succeeded pay_1$/,
    /^payment\.transaction\.refunded pay_1$/,
  ],
  'dead-letters.ts': [
    /^\S+: payment\.transaction\.succeeded pay_2, non-retryable after attempt 1: no account for CHF$/,
    /^\S+: payment\.transaction\.succeeded pay_3, non-retryable after attempt 1: no account for ISK$/,
    /^redriven: 1$/,
    /^discarded: 1$/,
  ],
  'republish-parked.ts': [/^booked pay_1$/, /^republished: 1, still parked: 0$/],
};

describe('the programs of the documentation on RabbitMQ', { timeout: 120_000 }, () => {
  test.each(Object.entries(programs))('%s needs another configuration and nothing else', async (file, lines) => {
    const host = await openVirtualHost();
    const env = { MESSAGING__BROKER_TYPE: 'rabbitmq', MESSAGING__URL: host.url };
    const { exitCode, stdout, stderr } = await runExample(file, { env });
    // RabbitMQ says what memory need not: some of these events have no group yet.
    const complaints = stderr.split('\n').filter((line) => line !== '' && !line.includes('no group is bound for'));
    expect({ exitCode, complaints }, stdout).toEqual({ exitCode: 0, complaints: [] });
    // Handlers run side by side, so lines of different events come in any order.
    for (const line of lines) expect(stdout.split('\n')).toContainEqual(expect.stringMatching(line));
    // It really was this broker: the program has left its queues here.
    expect((await host.queues()).length).toBeGreaterThan(0);
  });
});
