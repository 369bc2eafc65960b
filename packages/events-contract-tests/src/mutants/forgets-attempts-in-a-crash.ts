import type { BrokerAdapter, Delivery } from '@payments/events-core';
import { patched, perServer, type Mutant } from './mutant.ts';

const writers = perServer(() => new Map<string, BrokerAdapter>());

/** Keeps the state of retries in the process that wrote it. */
export const forgetsAttemptsInACrash: Mutant = {
  name: 'forgets attempts in a crash',
  killedBy: 'R4',
  mutate(adapter, server) {
    const writerOf = writers(server);
    return patched(adapter, {
      subscribe: (spec, deliver) =>
        adapter.subscribe(spec, async (delivery: Delivery) => {
          const name = `${spec.group} ${delivery.message.id}`;
          const known = writerOf.get(name) === adapter ? delivery.state : {};
          const settlement = await deliver({ ...delivery, state: known });
          writerOf.set(name, adapter);
          return settlement;
        }),
    });
  },
};
