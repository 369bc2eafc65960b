import { expect, test } from 'vitest';
import { createSharedSignals } from './shared-signals.ts';

/** A signal that tells how many listen to it. */
function counted() {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...given: Parameters<typeof addEventListener>) => {
    listeners += 1;
    addEventListener.apply(signal, given);
  };
  signal.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
    listeners -= 1;
    removeEventListener.apply(signal, given);
  };
  return { controller, signal, listeners: () => listeners };
}

test('however many share a signal, it has one listener, and none once all have left', () => {
  const signals = createSharedSignals(() => {});
  const [one, other] = [counted(), counted()];
  for (let user = 0; user < 5; user += 1) for (const { signal } of [one, other]) signals.join(signal);
  expect([one.listeners(), other.listeners()]).toEqual([1, 1]);
  for (let user = 0; user < 5; user += 1) for (const { signal } of [one, other]) signals.leave(signal);
  expect([one.listeners(), other.listeners()]).toEqual([0, 0]);
  signals.leave(one.signal);
});

test('an abort is told once for all who share the signal', () => {
  const told: AbortSignal[] = [];
  const signals = createSharedSignals((signal) => told.push(signal));
  const { controller, signal } = counted();
  signals.join(signal);
  signals.join(signal);
  controller.abort();
  expect(told).toEqual([signal]);
});
