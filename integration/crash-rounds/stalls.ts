import type { ConsumerEntry } from './entries.ts';

/** Something that was done to a group. */
export interface Step {
  readonly name: string;
  /** Microseconds, as in the ledgers. */
  readonly at: number;
}

/**
 * Milliseconds for which some key of the group stood still between each step and the next: how long its users have waited.
 * The last step only ends the one before it.
 */
export function stalls(
  runs: readonly ConsumerEntry[],
  group: string,
  steps: readonly Step[],
): Readonly<Record<string, number>> {
  const handled = runs.filter((run) => run.kind === 'handled' && run.group === group);
  const keys = [...Map.groupBy(handled, ({ key }) => key).values()].map((ofKey) =>
    ofKey.map(({ at }) => at).toSorted((one, other) => one - other),
  );
  const longest = ({ at: from }: Step, to: number): number => {
    const gaps = keys.flatMap((times) => {
      const within = [from, ...times.filter((time) => time > from && time < to), to];
      return within.slice(1).map((time, index) => time - (within[index] ?? time));
    });
    return Math.round(Math.max(0, ...gaps) / 1_000);
  };
  return Object.fromEntries(
    steps.slice(0, -1).map((step, index) => [step.name, longest(step, steps[index + 1]?.at ?? step.at)]),
  );
}
