import { expect, test } from 'vitest';
import { createLease } from './lease.ts';

function createBench() {
  let elapsed = 10_000;
  const lease = createLease({ clock: { elapsed: () => elapsed }, sessionMs: 30_000, rebalanceMs: 75_000 });
  return { lease, at: (ms: number) => void (elapsed = ms) };
}

test('a member that the coordinator has never answered has no right', () => {
  expect(createBench().lease.over).toBe(true);
});

test('an answer gives the right for a session from when its request was sent, not from when it came', () => {
  const { lease, at } = createBench();
  at(20_000);
  lease.renewed(12_000);
  expect(lease.endsAt).toBe(42_000);
  at(41_999);
  expect(lease.over).toBe(false);
  at(42_000);
  expect(lease.over).toBe(true);
});

test('an answer that comes late takes nothing back from a later one', () => {
  const { lease } = createBench();
  lease.renewed(12_000);
  lease.renewed(11_000);
  expect(lease.endsAt).toBe(42_000);
});

test('a member that is asked to join again keeps its right by heartbeats, but not past the rebalance timeout', () => {
  const { lease, at } = createBench();
  lease.renewed(10_000);
  lease.asked(35_000);
  expect(lease.endsAt).toBe(65_000);
  lease.asked(60_000);
  expect(lease.endsAt).toBe(85_000);
  at(85_000);
  expect(lease.over).toBe(true);
  lease.renewed(85_000);
  expect(lease.over).toBe(false);
});
