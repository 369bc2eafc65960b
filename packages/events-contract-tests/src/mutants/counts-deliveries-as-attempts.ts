import { patched, type Mutant } from './mutant.ts';

/** As one would with the broker's own delivery count. */
export const countsDeliveriesAsAttempts: Mutant = {
  name: 'counts deliveries as attempts',
  killedBy: 'G5',
  mutate: (adapter) =>
    patched(adapter, {
      subscribe: (spec, deliver) =>
        adapter.subscribe(spec, (delivery) => {
          const attempts = Number(delivery.state['attempts'] ?? 0) + delivery.unsettled;
          return deliver({ ...delivery, state: { ...delivery.state, attempts: String(attempts) } });
        }),
    }),
};
