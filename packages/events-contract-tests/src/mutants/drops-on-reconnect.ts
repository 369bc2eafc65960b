import { patched, type Mutant } from './mutant.ts';

/** What was out when a connection ended is taken for settled. */
export const dropsOnReconnect: Mutant = {
  name: 'drops on reconnect',
  killedBy: 'X3',
  mutate: (adapter) =>
    patched(adapter, {
      subscribe: (spec, deliver) =>
        adapter.subscribe(spec, async (delivery) => (delivery.unsettled > 0 ? { kind: 'ack' } : deliver(delivery))),
    }),
};
