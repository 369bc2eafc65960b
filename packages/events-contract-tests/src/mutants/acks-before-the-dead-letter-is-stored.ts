import { patched, type Mutant } from './mutant.ts';

/** Where the dead letters can be reached nobody notices. */
export const acksBeforeTheDeadLetterIsStored: Mutant = {
  name: 'acks before the dead letter is stored',
  killedBy: 'L2',
  mutate: (adapter) =>
    patched(adapter, {
      subscribe: (spec, deliver) =>
        adapter.subscribe(spec, async (delivery) => {
          const settlement = await deliver(delivery);
          if (settlement.kind !== 'deadLetter') return settlement;
          try {
            const look = { signal: new AbortController().signal };
            await adapter.deadLetters(spec.group).sweep(async () => ({ action: 'stop' }), look);
            return settlement;
          } catch {
            return { kind: 'ack' };
          }
        }),
    }),
};
