import { patched, type Mutant } from './mutant.ts';

export const acksBeforeTheHandler: Mutant = {
  name: 'acks before the handler',
  killedBy: 'A1',
  mutate: (adapter) =>
    patched(adapter, {
      subscribe: (spec, deliver) =>
        adapter.subscribe(spec, async (delivery) => {
          void deliver(delivery);
          return { kind: 'ack' };
        }),
    }),
};
