import { systemClock, type AdapterNotice } from '@payments/events-core';
import { describe, expect, it } from 'vitest';
import { delivered } from './message.test-support.ts';
import { CopyError, type Copies } from './publishing/copies.ts';
import { createSettler, destinationOf, releaseOf } from './settlement.ts';
import { queuesOf } from './topology.ts';

const facts = { group: 'g', queues: queuesOf('p_', 'g'), retryDelaysMs: [100, 500], now: () => 7 };
const state = { attempts: '1' };

describe('where a settlement goes', () => {
  it('retries by the shortest step that is long enough, else by the longest, with a new count', () => {
    const queueFor = (delayMs: number) => destinationOf({ kind: 'retry', delayMs, state }, facts).queue;
    expect([0, 100, 101, 9_000].map(queueFor)).toEqual([100, 100, 500, 500].map((ms) => `p_g.retry-${ms}ms`));
    expect(destinationOf({ kind: 'retry', delayMs: 1, state }, facts).note).toEqual({ state });
  });

  it('waits in this process where there are no steps', () => {
    const none = { ...facts, retryDelaysMs: [] };
    expect(destinationOf({ kind: 'retry', delayMs: 30, state }, none)).toEqual({
      queue: 'p_g',
      note: { state },
      waitMs: 30,
    });
  });

  it('tells of a dead letter why, when and whose', () => {
    expect(destinationOf({ kind: 'deadLetter', reason: 'why', state }, facts)).toEqual({
      queue: 'p_g.dead-letters',
      note: { state, reason: 'why', diedAt: 7, group: 'g' },
    });
  });

  it('keeps the count of what is released', () => {
    expect(releaseOf('q', state, 0).note).toEqual({ state });
    expect(releaseOf('q', state, 3).note).toEqual({ state, unsettled: 3 });
  });
});

describe('storing a copy', () => {
  /** Copies that answer as told, then store. */
  function createBench(answers: readonly (CopyError | undefined)[]) {
    const left = [...answers];
    const notices: AdapterNotice[] = [];
    let declared = 0;
    const copies: Copies = {
      store: async () => {
        const answer = left.shift();
        if (answer !== undefined) throw answer;
      },
    };
    const clock = { ...systemClock, schedule: (_: number, run: () => void) => systemClock.schedule(0, run) };
    const logger = { info() {}, warn() {}, error() {} };
    const runtime = {
      instance: 'i',
      clock,
      random: () => 0.5,
      logger,
      notify: (notice: AdapterNotice) => void notices.push(notice),
      busy: () => 0,
    };
    const settler = createSettler({
      connection: { runtime, copies },
      group: 'g',
      redeclare: async () => void (declared += 1),
    });
    const copy = { content: Buffer.alloc(0), properties: {} };
    return { settler, notices, copy, declared: () => declared };
  }

  it('tries until it is stored, says once that it takes long, and declares what is missing', async () => {
    const unroutable = new CopyError('returned', 'unroutable');
    const bench = createBench([new CopyError('nacked', 'full'), unroutable, unroutable]);
    const { settler, notices, copy } = bench;
    const { signal } = new AbortController();
    expect(await settler.store({ queue: 'q', copy, settlement: 'retry', signal })).toBe(true);
    expect(notices.map(({ kind }) => kind)).toEqual(['settlement-delayed']);
    expect(bench.declared()).toBe(2);
    expect(settler.delayed).toBe(0);
  });

  it('counts what is too large to be copied for as long as that is tried', async () => {
    const large = new CopyError('larger than its buffer', 'too-large');
    const bench = createBench([large, large]);
    const { settler, copy } = bench;
    let stuck = 0;
    const storing = settler.store({
      queue: 'q',
      copy,
      settlement: 'retry',
      signal: new AbortController().signal,
      stuck: () => void (stuck += 1),
    });
    expect(settler.tooLarge).toBe(0);
    await expect.poll(() => settler.tooLarge, { interval: 0 }).toBe(1);
    await storing;
    expect(stuck).toBe(1);
    expect([settler.tooLarge, settler.delayed]).toEqual([0, 0]);
  });

  it('keeps what cannot even be made into a copy, counted and tried again, and never rejects', async () => {
    const { settler } = createBench([]);
    const message = delivered({});
    Object.defineProperty(message, 'content', {
      get() {
        throw new TypeError('broken');
      },
    });
    const right = new AbortController();
    let stuck = 0;
    const storing = settler.storeCopy({
      message,
      queue: 'q',
      note: { state },
      signal: right.signal,
      stuck: () => void (stuck += 1),
    });
    await expect.poll(() => [stuck, settler.tooLarge, settler.delayed], { interval: 0 }).toEqual([1, 1, 1]);
    right.abort();
    expect(await storing).toBe(false);
    expect([stuck, settler.tooLarge, settler.delayed]).toEqual([1, 0, 0]);
  });

  it('ends without a word when the right to settle is gone', async () => {
    const { settler, notices, copy } = createBench([new CopyError('never', 'lost')]);
    const signal = AbortSignal.abort();
    expect(await settler.store({ queue: 'q', copy, settlement: 'retry', signal })).toBe(false);
    expect(notices).toEqual([]);
  });
});
