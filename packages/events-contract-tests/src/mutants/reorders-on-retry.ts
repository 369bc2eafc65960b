import { after, patched, type Mutant } from './mutant.ts';

/** What comes again after its owner has died comes the last one first. */
export const reordersOnRetry: Mutant = {
  name: 'reorders on retry',
  killedBy: 'O3',
  mutate: (adapter, server) =>
    patched(adapter, {
      subscribe(spec, deliver) {
        let waitMs = 200;
        return adapter.subscribe(spec, async (delivery) => {
          if (delivery.unsettled > 0) await after(server, (waitMs = Math.max(0, waitMs - 10)));
          return deliver(delivery);
        });
      },
    }),
};
