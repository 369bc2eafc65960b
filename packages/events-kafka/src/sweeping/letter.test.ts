import { expect, test } from 'vitest';
import type { KafkaMessage } from 'kafkajs';
import { toCopy, type CopyRecord } from '../messages/copy-note.ts';
import { readLetter, removalOf, removedBy, toDeadLetter, toRedriven } from './letter.ts';

const foreign: KafkaMessage = {
  key: Buffer.from('k'),
  value: Buffer.from('3'),
  attributes: 0,
  timestamp: '1003',
  offset: '3',
  headers: { 'event-id': Buffer.from('e'), 'event-type': Buffer.from('order.paid'), bytes: Buffer.from([255]) },
};
const note = { state: { attempts: '3' }, position: 'orders/1/3', group: 'g', reason: 'why', diedAt: 9_000 };

/** As the client reads it. */
function stored({ key, value, headers }: CopyRecord, offset: number): KafkaMessage {
  const read = Object.fromEntries(
    Object.entries(headers).map(([name, one]) => [name, typeof one === 'string' ? Buffer.from(one) : one]),
  );
  const head = { attributes: 0, timestamp: '10000', offset: String(offset) };
  return { ...head, key: typeof key === 'string' ? Buffer.from(key) : key, value, headers: read };
}

test('a letter is shown as the message was, with what was noted on it', () => {
  const letter = readLetter(stored(toCopy(foreign, note), 77));
  expect(toDeadLetter(letter, 'g')).toEqual({
    id: '77',
    group: 'g',
    reason: 'why',
    diedAt: new Date(9_000),
    state: { attempts: '3' },
    message: {
      id: 'e',
      type: 'order.paid',
      key: 'k',
      headers: { 'event-id': 'e', 'event-type': 'order.paid' },
      body: Buffer.from('3'),
    },
  });
});

test('what somebody else has put there is shown, without a reason', () => {
  const shown = toDeadLetter(readLetter(foreign), 'g');
  expect(shown).toMatchObject({ id: '3', group: 'g', reason: 'unknown', state: {}, diedAt: new Date(1_003) });
});

test('what is redriven keeps its place and its bytes, and has the new state', () => {
  const redriving = { topic: 'dead', group: 'g', state: { redrives: '1' } };
  const redriven = toRedriven(readLetter(stored(toCopy(foreign, note), 77)), redriving);
  const again = readLetter(stored(redriven, 1));
  expect(again.note).toMatchObject({ state: { redrives: '1' }, position: 'orders/1/3', group: 'g' });
  expect(again.note).not.toHaveProperty('reason');
  expect(again.original).toMatchObject({ key: Buffer.from('k'), timestamp: '1003' });
  expect(again.original.headers).toEqual(foreign.headers);
  expect(toRedriven(readLetter(foreign), redriving).position).toBe('dead/0/3');
});

test('a removal says which letter is gone', () => {
  const removal = removalOf(readLetter(foreign));
  expect(removedBy({ ...foreign, value: removal.value })).toBe('3');
  expect(removedBy({ ...foreign, value: null })).toBeUndefined();
  expect(removedBy({ ...foreign, value: Buffer.from('-1') })).toBeUndefined();
});
