import { expect, test } from 'vitest';
import { createLog } from './log.ts';

const content = (id: string) => ({
  id,
  type: 'payment.invoice.paid',
  key: undefined,
  headers: {},
  body: new Uint8Array(),
});
const idsIn = (log: ReturnType<typeof createLog>) => log.messages().map((message) => message.content.id);

test('what no group wants is kept and counted', () => {
  const occupancy = { held: 0 };
  const log = createLog('invoice', 1, occupancy);
  for (let sequence = 1; sequence <= 5; sequence += 1) log.append(content(`m${sequence}`), sequence);
  expect(log.held).toBe(5);
  expect(occupancy.held).toBe(5);
});

test('settled by all, a message is history; of that the oldest goes first', () => {
  const occupancy = { held: 0 };
  const log = createLog('invoice', 2, occupancy);
  const messages = [1, 2, 3, 4].map((sequence) => log.append(content(`m${sequence}`), sequence));
  for (const message of messages) {
    log.open(message);
    log.open(message);
  }
  const [first, second, third] = messages;
  for (const message of [third, first, second]) if (message !== undefined) log.close(message);
  expect(log.settled).toBe(0);
  for (const message of [third, first, second]) if (message !== undefined) log.close(message);
  expect(idsIn(log)).toEqual(['m1', 'm2', 'm4']);
  expect(occupancy.held).toBe(1);
});

test('a later group can take history up again, which then counts as held', () => {
  const occupancy = { held: 0 };
  const log = createLog('invoice', 2, occupancy);
  const message = log.append(content('m1'), 1);
  log.open(message);
  log.close(message);
  expect([log.held, log.settled, occupancy.held]).toEqual([0, 1, 0]);
  log.open(message);
  expect([log.held, log.settled, occupancy.held]).toEqual([1, 0, 1]);
  log.close(message);
  expect(idsIn(log)).toEqual(['m1']);
});

test('without history, what is settled is gone', () => {
  const log = createLog('invoice', 0, { held: 0 });
  const message = log.append(content('m1'), 1);
  log.open(message);
  log.close(message);
  expect(idsIn(log)).toEqual([]);
});
