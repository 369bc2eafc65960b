import { patched, perServer, type Mutant } from './mutant.ts';

const groups = perServer(() => new Map<string, { open: number; readonly waiting: (() => void)[] }>());

/** As with a broker whose limit is the group's, not the consumer's. */
export const sharesOneInFlightLimit: Mutant = {
  name: 'shares one in-flight limit over the group',
  killedBy: 'B1',
  mutate(adapter, server) {
    const limits = groups(server);
    return patched(adapter, {
      subscribe(spec, deliver) {
        const limit = limits.get(spec.group) ?? { open: 0, waiting: [] };
        limits.set(spec.group, limit);
        return adapter.subscribe(spec, async (delivery) => {
          while (limit.open >= spec.maxInFlight) await new Promise<void>((resolve) => limit.waiting.push(resolve));
          limit.open += 1;
          try {
            return await deliver(delivery);
          } finally {
            limit.open -= 1;
            limit.waiting.shift()?.();
          }
        });
      },
    });
  },
};
