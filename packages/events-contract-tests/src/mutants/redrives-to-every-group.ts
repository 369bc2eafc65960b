import { patched, type Mutant } from './mutant.ts';

/** A redrive is published again, so everybody gets it. */
export const redrivesToEveryGroup: Mutant = {
  name: 'redrives to every group',
  killedBy: 'L3',
  mutate: (adapter) =>
    patched(adapter, {
      deadLetters: (group) => ({
        sweep: (visit, options) =>
          adapter.deadLetters(group).sweep(async (letter) => {
            const verdict = await visit(letter);
            const { id, type, ...message } = letter.message;
            if (verdict.action !== 'redrive' || id === undefined || type === undefined) return verdict;
            await adapter.send({ ...message, id: `${id}-redriven`, type }, options);
            return verdict;
          }, options),
      }),
    }),
};
