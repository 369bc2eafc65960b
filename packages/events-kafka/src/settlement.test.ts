import { systemClock, type AdapterNotice } from '@payments/events-core';
import { describe, expect, it } from 'vitest';
import { messageAt } from './consuming/partition-log.test-support.ts';
import { CopyError, type Copies, type Storing } from './publishing/copies.ts';
import { createSettler, destinationOf } from './settlement.ts';

const retry = [100, 500].map((stepMs) => ({ topic: `p_g.retry-${stepMs}ms`, stepMs }));
const topics = { retry, now: 'p_g.retry-now', dead: 'p_g.dead-letters' };
const facts = { group: 'g', topics, now: () => 7, position: 'o/0/3' };
const state = { attempts: '1' };
const note = { state, position: 'o/0/3', group: 'g' };

describe('where a settlement goes', () => {
  it('retries by the shortest step that is long enough, else by the longest; all of a topic wait equally long', () => {
    const retried = (delayMs: number) => destinationOf({ kind: 'retry', delayMs, state }, facts);
    expect([0, 100, 101, 9_000].map((delayMs) => retried(delayMs).topic)).toEqual(
      [100, 100, 500, 500].map((ms) => `p_g.retry-${ms}ms`),
    );
    expect(retried(9_000).note).toEqual({ ...note, dueAt: 507 });
    expect(retried(30).note).toEqual({ ...note, dueAt: 107 });
  });

  it('waits in this process where there are no steps', () => {
    const none = { ...facts, topics: { ...topics, retry: [] } };
    const waited = { topic: 'p_g.retry-now', note, waitMs: 30 };
    expect(destinationOf({ kind: 'retry', delayMs: 30, state }, none)).toEqual(waited);
  });

  it('tells of a dead letter why, when and whose', () => {
    expect(destinationOf({ kind: 'deadLetter', reason: 'why', state }, facts)).toEqual({
      topic: 'p_g.dead-letters',
      partition: 0,
      note: { ...note, reason: 'why', diedAt: 7 },
    });
  });
});

describe('storing a copy', () => {
  /** Copies that answer as told, then store. */
  function createBench(answers: readonly (CopyError | undefined)[]) {
    const left = [...answers];
    const notices: AdapterNotice[] = [];
    const stored: { readonly topic: string; readonly partition: number | undefined }[] = [];
    let declared = 0;
    const copies: Copies = {
      async store(topic, _record, { partition }: Storing) {
        const answer = left.shift();
        if (answer !== undefined) throw answer;
        stored.push({ topic, partition });
      },
    };
    const clock = { ...systemClock, schedule: (_: number, run: () => void) => systemClock.schedule(0, run) };
    const runtime = {
      instance: 'i',
      clock,
      random: () => 0.5,
      logger: { info() {}, warn() {}, error() {} },
      notify: (notice: AdapterNotice) => void notices.push(notice),
      busy: () => 0,
    };
    const redeclare = async () => void (declared += 1);
    const settler = createSettler({ connection: { runtime, copies }, group: 'g', redeclare });
    return { settler, notices, stored, declared: () => declared };
  }

  const copying = { message: messageAt(3), topic: 't', note, settlement: 'retry' } as const;

  it('tries until it is stored, says once that it takes long, and declares what is missing', async () => {
    const unroutable = new CopyError('no such topic', 'unroutable');
    const { settler, notices, stored, declared } = createBench([new CopyError('?', 'lost'), unroutable, unroutable]);
    const { signal } = new AbortController();
    expect(await settler.storeCopy({ ...copying, partition: 0, signal })).toBe(true);
    expect(stored).toEqual([{ topic: 't', partition: 0 }]);
    expect(notices.map(({ kind }) => kind)).toEqual(['settlement-delayed']);
    expect(declared()).toBe(2);
    expect(settler.delayed).toBe(0);
  });

  it('counts what is too large to be copied for as long as that is tried', async () => {
    const large = new CopyError('larger than its topic takes', 'too-large');
    const { settler } = createBench([large, large]);
    let stuck = 0;
    const right = { signal: new AbortController().signal, stuck: () => void (stuck += 1) };
    const storing = settler.storeCopy({ ...copying, ...right });
    expect(settler.tooLarge).toBe(0);
    await expect.poll(() => settler.tooLarge, { interval: 0 }).toBe(1);
    await storing;
    expect(stuck).toBe(1);
    expect([settler.tooLarge, settler.delayed]).toEqual([0, 0]);
  });

  it('keeps what cannot even be made into a copy, counted and tried again, and never rejects', async () => {
    const { settler } = createBench([]);
    const message = messageAt(3);
    Object.defineProperty(message, 'value', {
      get() {
        throw new TypeError('broken');
      },
    });
    const right = new AbortController();
    let stuck = 0;
    const rest = { message, signal: right.signal, stuck: () => void (stuck += 1) };
    const storing = settler.storeCopy({ ...copying, ...rest });
    await expect.poll(() => [stuck, settler.tooLarge, settler.delayed], { interval: 0 }).toEqual([1, 1, 1]);
    right.abort();
    expect(await storing).toBe(false);
    expect([settler.tooLarge, settler.delayed]).toEqual([0, 0]);
  });

  it('ends without a word when the right to settle is gone', async () => {
    const { settler, notices } = createBench([new CopyError('never', 'lost')]);
    expect(await settler.storeCopy({ ...copying, signal: AbortSignal.abort() })).toBe(false);
    expect(notices).toEqual([]);
  });
});
