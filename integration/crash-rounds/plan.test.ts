import { expect, test } from 'vitest';
import { planRounds } from './plan.ts';

const options = { rounds: 20, longestMs: 4_000, silenceMs: 30_000 };
const plans = Array.from({ length: 100 }, (_, seed) => planRounds({ ...options, seed }));

test('the same seed plans the same rounds, another one others', () => {
  expect(planRounds({ ...options, seed: 7 })).toEqual(plans[7]);
  expect(plans[7]).not.toEqual(plans[8]);
});

test('every round strikes, within its time', () => {
  for (const rounds of plans) {
    expect(rounds).toHaveLength(20);
    for (const { afterMs, blows } of rounds) {
      expect(blows.length).toBeGreaterThan(0);
      expect(afterMs).toBeGreaterThanOrEqual(1_000);
      expect(afterMs).toBeLessThanOrEqual(4_000);
    }
  }
});

test('every run kills, and silences one consumer for longer than the broker waits', () => {
  for (const rounds of plans) {
    const blows = rounds.flatMap((round) => round.blows);
    expect(blows.filter(({ forMs }) => forMs === 30_000)).toHaveLength(1);
    const killed = new Set(blows.filter(({ kind }) => kind === 'kill').map(({ target }) => target));
    expect(killed.size).toBeGreaterThanOrEqual(2);
  }
  const all = new Set(plans.flat().flatMap(({ blows }) => blows.map(({ target, kind }) => `${kind} ${target}`)));
  expect(all.size).toBe(5);
});

test('nobody strikes the consumer that is silent', () => {
  for (const rounds of plans) {
    let elapsedMs = 0;
    let silent = { target: '', untilMs: 0 };
    for (const { afterMs, blows } of rounds) {
      elapsedMs += afterMs;
      for (const { target, forMs } of blows) {
        expect(target === silent.target && elapsedMs <= silent.untilMs).toBe(false);
        if (forMs === 30_000) silent = { target, untilMs: elapsedMs + forMs };
      }
    }
  }
});
