import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createModel, type Outcome } from './partition-log.model.test-support.ts';

const outcome = fc.constantFrom<Outcome[]>('confirmed', 'confirmed', 'confirmed', 'stored', 'lost');
type Model = ReturnType<typeof createModel>;
type Step = (model: Model) => void;

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.nat({ max: 20 }).map((count) => (model: Model) => model.fetch(count)) },
  { weight: 6, arbitrary: fc.constant((model: Model) => model.handOver()) },
  { weight: 4, arbitrary: fc.nat().map((at) => (model: Model) => model.settle(at)) },
  { weight: 4, arbitrary: outcome.map((how) => (model: Model) => model.commit('run', how)) },
  { weight: 1, arbitrary: outcome.map((how) => (model: Model) => model.commit('clean', how)) },
  { weight: 3, arbitrary: outcome.map((how) => (model: Model) => model.commit('suspect', how)) },
  { weight: 1, arbitrary: fc.constant((model: Model) => model.crash()) },
  { weight: 1, arbitrary: outcome.map((how) => (model: Model) => model.leave(how)) },
);

const offsets = fc
  .uniqueArray(fc.nat({ max: 120 }), { minLength: 1, maxLength: 60, size: 'max' })
  .map((some) => some.toSorted((one, other) => one - other));
const steps = fc.array(step, { maxLength: 250, size: 'max' });

/** Whatever happened, an owner that is left in peace finishes it. */
function finish(model: Model): void {
  for (let round = 0; round < 2_000 && !model.done; round += 1) {
    model.fetch(20);
    const { readiness } = model.log;
    if (readiness === 'suspect') {
      while (model.out.length > 0) model.settle(0);
      model.commit('suspect', 'confirmed');
    } else if (readiness === 'nothing' || readiness === 'wait') {
      while (model.out.length > 0) model.settle(0);
      model.commit('clean', 'confirmed');
    } else if (readiness === 'reserve') model.commit('run', 'confirmed');
    else model.handOver();
  }
}

test('through crashes, lost commits and moves: nothing is lost, nothing that is known to be settled comes again, and counts hold', () => {
  fc.assert(
    fc.property(offsets, steps, (present, all) => {
      const model = createModel(present);
      for (const one of all) one(model);
      // What is released is given back by the end of an epoch only.
      model.leave('confirmed');
      finish(model);
      expect(model.faults).toEqual([]);
      expect(model.done).toBe(true);
    }),
    { numRuns: 400 },
  );
});
