import { patched, type Mutant } from './mutant.ts';

export const ignoresTheInFlightLimit: Mutant = {
  name: 'ignores the in-flight limit',
  killedBy: 'B2',
  mutate: (adapter) =>
    patched(adapter, {
      subscribe: (spec, deliver) => adapter.subscribe({ ...spec, maxInFlight: 100_000 }, deliver),
    }),
};
