import { systemClock, type AdapterNotice, type AdapterRuntime } from '@payments/events-core';
import { expect, test } from 'vitest';
import { createLosses } from './losses.ts';

function losses(probe: () => Promise<unknown>) {
  const notices: string[] = [];
  const runtime: AdapterRuntime = {
    instance: 'test',
    clock: systemClock,
    random: () => 0,
    logger: { info() {}, warn() {}, error() {} },
    notify: (notice: AdapterNotice) => void (notice.kind === 'connection' && notices.push(notice.state)),
    busy: () => 0,
  };
  return { notices, ...createLosses({ runtime, probe }) };
}

const why = new Error('reset');

test('several connections that end are one loss, and it is over when Kafka answers', async () => {
  let tries = 0;
  const { notices, begin, lost } = losses(async () => {
    tries += 1;
    if (tries < 3) throw new Error('not yet');
  });
  begin();
  lost(why);
  lost(why);
  expect(notices).toEqual(['lost']);
  await expect.poll(() => notices).toEqual(['lost', 'found']);
  lost(why);
  await expect.poll(() => notices).toEqual(['lost', 'found', 'lost', 'found']);
});

test('before the first connect and after the end there is nothing to lose', async () => {
  const { notices, begin, lost, close } = losses(() => Promise.resolve());
  lost(why);
  begin();
  close();
  lost(why);
  await new Promise(setImmediate);
  expect(notices).toEqual([]);
});
