import type { Refusal } from '@payments/events-contract-tests';

export interface Refusals {
  readonly all: readonly Refusal[];
  /** Relieves what a clause that failed has left imposed. */
  relieve(): Promise<void>;
}

/** The ways in which one broker refuses what is published, remembering which are imposed. */
export function relievable(refusals: readonly Refusal[]): Refusals {
  const imposed = new Set<Refusal>();
  return {
    all: refusals.map((refusal) => ({
      ...refusal,
      async impose(group) {
        imposed.add(refusal);
        await refusal.impose(group);
      },
      async relieve() {
        await refusal.relieve();
        imposed.delete(refusal);
      },
    })),
    async relieve() {
      for (const refusal of imposed) await refusal.relieve();
    },
  };
}
