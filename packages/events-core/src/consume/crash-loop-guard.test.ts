import { describe, expect, it } from 'vitest';
import { createCrashLoopGuard } from './crash-loop-guard.ts';
import { deliveryOf } from './delivery.test-support.ts';

const returned = (unsettled: number, position = '7') => deliveryOf({}, { unsettled, position });

describe('the crash-loop guard', () => {
  it('suspects an event whose deliveries ended without a settlement as often as is allowed', () => {
    const guard = createCrashLoopGuard(10);
    expect(guard.suspects(returned(0))).toBe(false);
    expect(guard.suspects(returned(9))).toBe(false);
    expect(guard.suspects(returned(10))).toBe(true);
  });

  it('does not count what this process saw end by a lost connection: the event did not kill it', () => {
    const guard = createCrashLoopGuard(3);
    for (let lost = 0; lost < 5; lost += 1) guard.sawLost(guard.begun(returned(lost)));
    expect(guard.suspects(returned(5))).toBe(false);
    expect(guard.suspects(returned(7))).toBe(false);
    expect(guard.suspects(returned(8))).toBe(true);
  });

  it('tells events apart by position, else by id, else by their bytes', () => {
    const guard = createCrashLoopGuard(1);
    const withId = deliveryOf({}, { unsettled: 1 });
    const first = { ...withId, message: { ...withId.message, id: 'a' } };
    const second = { ...withId, message: { ...withId.message, id: 'b' } };
    const bytes = deliveryOf({ id: 'c' }, { unsettled: 1 });
    const otherBytes = deliveryOf({ id: 'd' }, { unsettled: 1 });
    for (const lost of [returned(0, '7'), first, bytes]) guard.sawLost(guard.begun(lost));
    for (const lost of [returned(1, '7'), first, bytes]) expect(guard.suspects(lost)).toBe(false);
    for (const other of [returned(1, '8'), second, otherBytes]) expect(guard.suspects(other)).toBe(true);
  });

  it('forgets an event once it is settled', () => {
    const guard = createCrashLoopGuard(1);
    guard.sawLost(guard.begun(returned(0)));
    guard.settled(guard.begun(returned(1)));
    expect(guard.suspects(returned(1))).toBe(true);
  });

  it('forgets nothing of an event that is given back: the broker goes on counting', () => {
    const guard = createCrashLoopGuard(1);
    guard.sawLost(guard.begun(returned(0)));
    guard.released(guard.begun(returned(1)));
    expect(guard.suspects(returned(1))).toBe(false);
  });

  it('remembers only so many, the latest, and is stricter about the others', () => {
    const guard = createCrashLoopGuard(1);
    guard.sawLost(guard.begun(returned(0, 'old')));
    guard.sawLost(guard.begun(returned(0, 'kept')));
    for (let number = 0; number < 9_998; number += 1) guard.sawLost(guard.begun(returned(0, String(number))));
    guard.sawLost(guard.begun(returned(1, 'kept')));
    guard.sawLost(guard.begun(returned(0, 'one too many')));
    expect(guard.suspects(returned(1, 'old'))).toBe(true);
    expect(guard.suspects(returned(2, 'kept'))).toBe(false);
  });
});
