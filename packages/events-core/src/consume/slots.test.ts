import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settled } from '../ports/test-clock.test-support.ts';
import { createSlots } from './slots.ts';

const stay = new AbortController().signal;

describe('slots', () => {
  it('are free until all are taken', () => {
    const slots = createSlots(2);
    expect([slots.tryTake(), slots.tryTake(), slots.tryTake()]).toEqual([true, true, false]);
    slots.give();
    expect(slots.tryTake()).toBe(true);
  });

  it('pass on to whoever waits longest, and to no newcomer', async () => {
    const slots = createSlots(1);
    slots.tryTake();
    const order: string[] = [];
    for (const name of ['a', 'b']) void slots.take(stay).then(() => order.push(name));
    slots.give();
    expect(slots.tryTake()).toBe(false);
    await settled();
    expect(order).toEqual(['a']);
  });

  it('are not waited for any longer once one of the signals aborts', async () => {
    const slots = createSlots(1);
    slots.tryTake();
    const leave = new AbortController();
    const left = slots.take(stay, leave.signal);
    const stayed = slots.take(stay, stay);
    leave.abort();
    expect(await left).toBe(false);
    slots.give();
    expect(await stayed).toBe(true);
  });

  it('are not waited for at all when a signal has aborted already', async () => {
    const slots = createSlots(1);
    slots.tryTake();
    expect(await slots.take(stay, AbortSignal.abort())).toBe(false);
    slots.give();
    expect(slots.tryTake()).toBe(true);
  });

  it('stay taken when the signal aborts after the place was passed on', async () => {
    const slots = createSlots(1);
    slots.tryTake();
    const leave = new AbortController();
    const taken = slots.take(leave.signal);
    slots.give();
    leave.abort();
    expect(await taken).toBe(true);
    expect(slots.tryTake()).toBe(false);
  });

  it('never have more holders than places, lose no place and serve in order, whatever is done', async () => {
    const steps = fc.array(fc.constantFrom('come', 'come', 'give', 'leave'), { maxLength: 60 });
    const oneRun = fc.asyncProperty(fc.integer({ min: 1, max: 3 }), steps, async (size, todo) => {
      const slots = createSlots(size);
      const waiting: { readonly number: number; readonly leave: AbortController }[] = [];
      const served: number[] = [];
      let held = 0;
      for (const [number, step] of todo.entries()) {
        if (step === 'come') {
          if (slots.tryTake()) {
            expect(waiting).toEqual([]);
            held += 1;
            continue;
          }
          const one = { number, leave: new AbortController() };
          waiting.push(one);
          void slots.take(one.leave.signal).then((taken) => {
            waiting.splice(waiting.indexOf(one), 1);
            if (!taken) return;
            held += 1;
            served.push(number);
          });
        } else if (step === 'leave') waiting[Math.floor(waiting.length / 2)]?.leave.abort();
        else if (held > 0) {
          held -= 1;
          slots.give();
        }
        await settled();
        expect(held).toBeLessThanOrEqual(size);
        expect(waiting.length > 0 && held < size).toBe(false);
      }
      expect(served).toEqual(served.toSorted((one, other) => one - other));
    });
    await fc.assert(oneRun);
  });
});
