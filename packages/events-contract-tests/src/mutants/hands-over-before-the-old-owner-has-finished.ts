import { patched, type Mutant } from './mutant.ts';

const never = new AbortController().signal;

/** A stop that lets the next owner in at once, and only then waits for its own handlers, which notice nothing. */
export const handsOverBeforeTheOldOwnerHasFinished: Mutant = {
  name: 'hands over before the old owner has finished',
  killedBy: 'O3',
  mutate: (adapter) =>
    patched(adapter, {
      async subscribe(spec, deliver) {
        const open = new Set<Promise<unknown>>();
        const subscription = await adapter.subscribe(spec, (delivery) => {
          const settled = deliver({ ...delivery, signal: never }).finally(() => open.delete(settled));
          open.add(settled);
          return settled;
        });
        return {
          ended: subscription.ended,
          async stop() {
            await subscription.stop({ signal: AbortSignal.abort() });
            await Promise.all(open);
          },
        };
      },
    }),
};
