import { expect, test } from 'vitest';
import type { Clock } from '@payments/events-core';
import { createWindow } from './window.ts';

function clockByHand() {
  let due: (() => void) | undefined;
  const clock: Clock = {
    now: () => 0,
    elapsed: () => 0,
    schedule(_, run) {
      due = run;
      return () => {
        due = undefined;
      };
    },
  };
  return { clock, ring: () => due?.(), isSet: () => due !== undefined };
}

test('on a fresh channel one message goes alone, and as many as allowed once the broker has answered', () => {
  const { clock, isSet } = clockByHand();
  const window = createWindow({ clock, maxMessages: 3, maxBytes: 100, opened() {} });
  expect(window.hasRoom(500)).toBe(true);
  window.enter(10);
  expect(window.hasRoom(1)).toBe(false);
  window.widen();
  expect(isSet()).toBe(false);
  expect([window.hasRoom(90), window.hasRoom(91)]).toEqual([true, false]);
  window.enter(10);
  window.enter(10);
  expect(window.hasRoom(1)).toBe(false);
  window.leave(10);
  expect(window.hasRoom(1)).toBe(true);
  window.narrow();
  expect(window.hasRoom(1)).toBe(false);
});

test('where the first answer does not come the others go all the same', () => {
  const { clock, ring } = clockByHand();
  let opened = 0;
  const window = createWindow({ clock, maxMessages: 3, maxBytes: 100, opened: () => (opened += 1) });
  window.enter(10);
  ring();
  expect([opened, window.hasRoom(1)]).toEqual([1, true]);
});
