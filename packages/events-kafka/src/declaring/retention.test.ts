import type { Admin } from 'kafkajs';
import { expect, test } from 'vitest';
import { steppedClock } from '../connection/sockets.test-support.ts';
import type { Administrator } from '../connection/administrator.ts';
import { settingsOf } from '../options.ts';
import { createRetention } from './retention.ts';

const hourMs = 3_600_000;

function retention(retentionMs: number) {
  const clock = steppedClock();
  const warnings: string[] = [];
  let asked = 0;
  const describeConfigs: Admin['describeConfigs'] = async ({ resources }) => {
    asked += 1;
    const configEntries = [{ configName: 'retention.ms', configValue: `${retentionMs}` }] as never;
    return {
      resources: resources.map(({ name }) => ({ resourceName: name, configEntries }) as never),
      throttleTime: 0,
    };
  };
  const admin = { ask: (_, run) => run({ describeConfigs } as Admin) } as Administrator;
  const logger = { info() {}, warn: (_: object, text: string) => void warnings.push(text), error() {} };
  const runtime = { instance: 'test', clock, random: () => 0, logger, notify() {}, busy: () => 0 };
  const settings = settingsOf({ url: 'kafka://one', retentionMs: 24 * hourMs });
  return { ...createRetention({ admin, runtime, settings }), clock, warnings, asked: () => asked };
}

const reading = (sentAt: number) => [{ group: 'ledger', oldestUnsettledAt: () => new Map([['p.a', sentAt]]) }];

test('an event that is unhandled for half of the time its topic keeps events is at risk', async () => {
  const { problems, clock, asked } = retention(10 * hourMs);
  expect(problems(reading(0))).toEqual([]);
  await new Promise(setImmediate);
  clock.pass(5 * hourMs - 1);
  expect(problems(reading(0))).toEqual([]);
  clock.pass(1);
  expect(problems(reading(0))).toEqual([
    { code: 'retention-at-risk', group: 'ledger', message: expect.stringMatching(/"p\.a" keeps events for 10\.0 h/) },
  ]);
  expect(problems(reading(hourMs))).toEqual([]);
  // How long events are kept is asked for once in a minute, and not where nothing waits.
  expect(asked()).toBe(2);
  expect(problems([])).toEqual([]);
});

test('what is kept for ever is never at risk', async () => {
  const { problems, clock } = retention(-1);
  problems(reading(0));
  await new Promise(setImmediate);
  clock.pass(1_000 * hourMs);
  expect(problems(reading(0))).toEqual([]);
});

test('a topic that keeps events for less long than the options say is told of once', () => {
  const { warnOf, warnings } = retention(hourMs);
  const topics = { 'p.a': hourMs, 'p.b': 24 * hourMs, 'p.c': -1 };
  const found = new Map(Object.entries(topics).map(([topic, retentionMs]) => [topic, { retentionMs }]));
  warnOf(found);
  warnOf(found);
  expect(warnings).toEqual([expect.stringMatching(/"p\.a" keeps events for 1\.0 h, .*for 24\.0 h/)]);
});
