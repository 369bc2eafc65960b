/** What is being applied while the next is decided. */
export interface Applying {
  /** Resolves when there is room for another. @throws what an earlier one failed with. */
  add(one: Promise<void>): Promise<void>;
  /** Resolves when all are applied. @throws what one of them failed with. */
  all(): Promise<void>;
  /** Resolves when none is under way, whatever became of them. */
  settled(): Promise<void>;
}

export function createApplying(most: number): Applying {
  const open = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;

  function check(): void {
    if (failure !== undefined) throw failure.error;
  }

  return {
    async add(one) {
      const guarded: Promise<void> = one
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => open.delete(guarded));
      open.add(guarded);
      if (open.size >= most) await Promise.race(open);
      check();
    },
    async all() {
      await Promise.all(open);
      check();
    },
    async settled() {
      await Promise.all(open);
    },
  };
}
