import { expect, test } from 'vitest';
import { createItem, type Item } from './item.ts';
import { createLanes, type Lanes } from './lanes.ts';
import { createLog } from './log.ts';

const log = createLog('invoice', 0, { held: 0 });

function item(lane: string, order: number): Item {
  const content = {
    id: `${lane}${order}`,
    type: 'payment.invoice.paid',
    key: undefined,
    headers: {},
    body: new Uint8Array(),
  };
  return createItem(log.append(content, order), lane, order);
}

function drain(lanes: Lanes): string[] {
  const taken: string[] = [];
  for (let next = lanes.peek(); next !== undefined; next = lanes.peek()) {
    expect(lanes.take()).toBe(next);
    taken.push(next.message.content.id);
  }
  expect(lanes.size).toBe(0);
  return taken;
}

test('topics take turns, each in its own order', () => {
  const lanes = createLanes();
  for (const order of [1, 2, 3]) lanes.add(item('a', order));
  for (const order of [4, 5]) lanes.add(item('b', order));
  expect(drain(lanes)).toEqual(['a1', 'b4', 'a2', 'b5', 'a3']);
});

test('what comes back goes before what was never out, in order', () => {
  const lanes = createLanes();
  const items = [1, 2, 3, 4, 5].map((order) => item('a', order));
  for (const one of items) lanes.add(one);
  const out = [lanes.take(), lanes.take(), lanes.take()];
  for (const one of out.reverse()) if (one !== undefined) lanes.add(one);
  lanes.add(item('a', 6));
  expect(drain(lanes)).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'a6']);
});

test('what is added late keeps its place by order, not by arrival', () => {
  const lanes = createLanes();
  for (const order of [1, 5, 7]) lanes.add(item('a', order));
  for (const order of [6, 2]) lanes.add(item('a', order));
  expect(drain(lanes)).toEqual(['a1', 'a2', 'a5', 'a6', 'a7']);
});
