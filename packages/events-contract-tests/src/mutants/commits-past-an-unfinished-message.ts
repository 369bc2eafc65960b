import type { Settlement } from '@payments/events-core';
import { patched, type Mutant } from './mutant.ts';

/** As a log's reader does that commits the highest offset it has finished. */
export const commitsPastAnUnfinishedMessage: Mutant = {
  name: 'commits past an unfinished message',
  killedBy: 'A5',
  mutate: (adapter) =>
    patched(adapter, {
      subscribe(spec, deliver) {
        const open: ((settlement: Settlement) => void)[] = [];
        return adapter.subscribe(spec, (delivery) => {
          const { promise, resolve } = Promise.withResolvers<Settlement>();
          open.push(resolve);
          void deliver(delivery).then((settlement) => {
            const upTo = open.indexOf(resolve);
            if (settlement.kind === 'ack') for (const commit of open.splice(0, upTo + 1)) commit(settlement);
            resolve(settlement);
          });
          return promise;
        });
      },
    }),
};
