import type { Settlement } from '@payments/events-core';
import { after, patched, type Mutant } from './mutant.ts';

const ack: Settlement = { kind: 'ack' };

export const acksOnTimeout: Mutant = {
  name: 'acks on timeout',
  killedBy: 'A2',
  mutate: (adapter, server) =>
    patched(adapter, {
      subscribe: (spec, deliver) =>
        adapter.subscribe(spec, (delivery) => Promise.race([deliver(delivery), after(server, 900).then(() => ack)])),
    }),
};
