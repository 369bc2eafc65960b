import { patched, perServer, type Mutant } from './mutant.ts';

interface Members {
  readonly open: Set<Promise<unknown>>;
  /** What was open at the last join has been settled. */
  moved: Promise<unknown>;
}

const groups = perServer(() => new Map<string, Members>());

/** Before work moves to a member that joins, all that is open must be settled, and what waits in place for a retry is open. */
export const standsStillWhenAMemberJoins: Mutant = {
  name: 'stands still when a member joins',
  killedBy: 'O3',
  mutate(adapter, server) {
    const known = groups(server);
    return patched(adapter, {
      subscribe(spec, deliver) {
        const members = known.get(spec.group) ?? { open: new Set(), moved: Promise.resolve() };
        known.set(spec.group, members);
        members.moved = Promise.allSettled(members.open);
        return adapter.subscribe(spec, async (delivery) => {
          await members.moved;
          const settled = deliver(delivery).finally(() => members.open.delete(settled));
          members.open.add(settled);
          return settled;
        });
      },
    });
  },
};
