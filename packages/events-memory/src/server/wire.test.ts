import { beforeEach, describe, expect, test } from 'vitest';
import { createLink, type Link } from './link.ts';
import { createServerConditions, type ServerConditions } from './server-conditions.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';
import { createWire, WireClosed, type Wire } from './wire.ts';

let clock: VirtualClock;
let link: Link;
let conditions: ServerConditions;
let log: string[];
let wire: Wire;

beforeEach(() => {
  clock = createVirtualClock(0);
  link = createLink();
  conditions = createServerConditions();
  log = [];
  wire = createWire(link, conditions, {
    clock,
    dropped(lost) {
      log.push('dropped');
      lost.hangUp();
    },
    ended: () => log.push('ended'),
    forgotten: () => log.push('forgotten'),
  });
});

/** Asks, and writes down when the server heard it, and what came of it. */
function ask(name: string): void {
  wire
    .call(() => log.push(`heard ${name} at ${clock.now()}`))
    .then(
      () => log.push(`answered ${name} at ${clock.now()}`),
      (error: unknown) => log.push(error instanceof WireClosed ? `closed ${name}` : `failed ${name}`),
    );
}

async function runTimers(): Promise<void> {
  await undefined;
  while (clock.nextDue() !== undefined) {
    clock.runNext();
    await undefined;
  }
}

const change = (wrong: Partial<Link & ServerConditions>) => {
  for (const [name, value] of Object.entries(wrong)) Object.assign(name in link ? link : conditions, { [name]: value });
  wire.refresh();
};

test('with nothing wrong it is clear, and answers at once', async () => {
  expect(wire.clear).toBe(true);
  ask('a');
  await undefined;
  expect(log).toEqual(['heard a at 0', 'answered a at 0']);
});

test('latency delays both ways and keeps the order, also when it shrinks', async () => {
  change({ latencyMs: 100 });
  ask('a');
  change({ latencyMs: 10 });
  ask('b');
  change({ latencyMs: 0 });
  expect(wire.clear).toBe(false);
  ask('c');
  await runTimers();
  expect(log.filter((line) => line.startsWith('heard'))).toEqual([
    'heard a at 100',
    'heard b at 100',
    'heard c at 100',
  ]);
  expect(log.filter((line) => line.startsWith('answered'))).toHaveLength(3);
  expect(wire.clear).toBe(true);
});

describe('silence', () => {
  test('to the broker holds back what is asked until it ends', async () => {
    change({ silence: 'to-broker' });
    ask('a');
    await undefined;
    expect(log).toEqual([]);
    change({ silence: 'none' });
    await undefined;
    expect(log).toEqual(['heard a at 0', 'answered a at 0']);
    expect(wire.clear).toBe(true);
  });

  test('from the broker holds back the answer', async () => {
    change({ silence: 'from-broker' });
    ask('a');
    await undefined;
    expect(log).toEqual(['heard a at 0']);
    change({ silence: 'none' });
    await undefined;
    expect(log).toEqual(['heard a at 0', 'answered a at 0']);
  });

  test('keeps the adapter from learning of a reset until it ends', () => {
    change({ silence: 'both' });
    wire.reset();
    expect(log).toEqual(['ended']);
    expect(wire.open).toBe(true);
    change({ silence: 'none' });
    expect(log).toEqual(['ended', 'dropped', 'forgotten']);
  });

  test('keeps the broker from learning of a hang-up until it ends', async () => {
    change({ silence: 'both' });
    ask('a');
    wire.hangUp();
    await undefined;
    expect(log).toEqual(['closed a']);
    change({ silence: 'none' });
    // What was written before the end still arrives, as with TCP.
    expect(log).toEqual(['closed a', 'heard a at 0', 'ended', 'forgotten']);
  });
});

test('a reset tells the adapter before the server lets go', () => {
  wire.reset();
  expect(log).toEqual(['dropped', 'ended', 'forgotten']);
  expect(wire.clear).toBe(false);
});

test('answers can be lost, all or only those to sends', async () => {
  change({ lostReplies: 1, lostSendReplies: 1 });
  ask('a');
  ask('b');
  void wire.call(() => log.push('stored'), 'send').then(() => log.push('confirmed'));
  void wire.call(() => log.push('stored again'), 'send').then(() => log.push('confirmed'));
  await undefined;
  expect(log).toEqual(['heard a at 0', 'heard b at 0', 'stored', 'stored again', 'answered b at 0', 'confirmed']);
  expect(wire.clear).toBe(true);
});

test('to a dead process nothing is said, and from it nothing heard', async () => {
  change({ dead: true });
  ask('a');
  wire.reset();
  await undefined;
  expect(log).toEqual(['ended', 'forgotten']);
});

test('after the end every question is closed', async () => {
  wire.hangUp();
  ask('a');
  await undefined;
  expect(log).toEqual(['ended', 'forgotten', 'closed a']);
});
