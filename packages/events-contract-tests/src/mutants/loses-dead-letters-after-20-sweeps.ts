import { patched, perServer, type Mutant } from './mutant.ts';

const sweeps = perServer(() => new Map<string, number>());

/** As a queue does that counts each look as a delivery and has a limit for those. */
export const losesDeadLettersAfter20Sweeps: Mutant = {
  name: 'loses dead letters after 20 sweeps',
  killedBy: 'L4',
  mutate(adapter, server) {
    const counts = sweeps(server);
    return patched(adapter, {
      deadLetters: (group) => ({
        sweep(visit, options) {
          const count = (counts.get(group) ?? 0) + 1;
          counts.set(group, count);
          return adapter.deadLetters(group).sweep(async (letter) => {
            const verdict = await visit(letter);
            return verdict.action === 'keep' && count > 20 ? { action: 'discard' } : verdict;
          }, options);
        },
      }),
    });
  },
};
