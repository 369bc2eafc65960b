import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFifo } from './fifo.ts';

describe('a fifo', () => {
  it('gives items back in the order in which they came, whatever is taken in between', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ push: fc.integer({ min: 1, max: 3_000 }) }),
        fc.record({ shift: fc.integer({ min: 1, max: 3_000 }) }),
      ),
    );
    fc.assert(
      fc.property(steps, (program) => {
        const fifo = createFifo<number>();
        let pushed = 0;
        let shifted = 0;
        for (const step of program) {
          if ('push' in step) for (let count = 0; count < step.push; count += 1) fifo.push(pushed++);
          else {
            for (let count = 0; count < step.shift; count += 1) {
              expect(fifo.first).toBe(shifted < pushed ? shifted : undefined);
              expect(fifo.shift()).toBe(shifted < pushed ? shifted++ : undefined);
            }
          }
          expect(fifo.size).toBe(pushed - shifted);
        }
      }),
      { numRuns: 30 },
    );
  });
});
