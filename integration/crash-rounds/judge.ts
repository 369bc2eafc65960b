import type { ConsumerEntry, Entry, EventName } from './entries.ts';

/** What there is of one group when everything is over. */
export interface Evidence {
  /** All ledgers, in any order of processes; the entries of one process in the order in which it made them. */
  readonly entries: readonly Entry[];
  readonly group: string;
  /** Ids of the events in the group's dead letters. */
  readonly dead: readonly string[];
  /** Ids that are allowed to lie there. @default none */
  readonly mayBeDead?: readonly string[];
  /** Whether the group was promised the order of each key. */
  readonly inOrder: boolean;
}

/** Each list is empty where the promise was kept. */
export interface Verdict {
  /** Acknowledged to the publisher, and neither handled nor dead. */
  readonly lost: readonly string[];
  /** Handled, and nobody meant to publish it. */
  readonly phantom: readonly string[];
  /** Handled with another key or number than it was published with. */
  readonly changed: readonly string[];
  /** Replays aside: begun before the event before it in its key was handled or dead. */
  readonly misordered: readonly string[];
  readonly wronglyDead: readonly string[];
}

/** What is no promise and worth knowing. */
export interface Figures {
  readonly acknowledged: number;
  readonly handled: number;
  /** Handled more than once: what at-least-once costs where processes are killed. */
  readonly handledAgain: number;
}

/** Holds what a group did against what was promised. Knows nothing of brokers, and counts nothing away. */
export function judge({ entries, group, dead, mayBeDead = [], inOrder }: Evidence): Verdict & { figures: Figures } {
  const intended = new Map<string, EventName>();
  const acknowledged = new Set<string>();
  const runs: ConsumerEntry[] = [];
  for (const entry of entries) {
    if (entry.kind === 'intended') intended.set(entry.id, entry);
    else if (entry.kind === 'acknowledged') acknowledged.add(entry.id);
    else if (entry.kind !== 'refused' && entry.group === group) runs.push(entry);
  }
  const handledRuns = runs.filter(({ kind }) => kind === 'handled');
  const handled = new Set(handledRuns.map(({ id }) => id));
  const isDead = new Set(dead);
  const seen = new Map(runs.map((run) => [run.id, run]));
  return {
    lost: [...acknowledged].filter((id) => !handled.has(id) && !isDead.has(id)),
    phantom: [...new Set([...seen.keys(), ...dead])].filter((id) => !intended.has(id)),
    changed: [...seen.values()].flatMap(({ id, key, number }) => {
      const meant = intended.get(id);
      return meant === undefined || (meant.key === key && meant.number === number) ? [] : [id];
    }),
    misordered: inOrder ? disorders([...intended.values()], runs, isDead) : [],
    wronglyDead: dead.filter((id) => !mayBeDead.includes(id)),
    figures: {
      acknowledged: acknowledged.size,
      handled: handled.size,
      handledAgain: handledRuns.length - handled.size,
    },
  };
}

/**
 * The first time counts. What comes again was acknowledged by a process that died before the broker heard of it, and
 * the process that takes over begins there: that is a replay, not a disorder.
 */
function disorders(
  intended: readonly EventName[],
  runs: readonly ConsumerEntry[],
  dead: ReadonlySet<string>,
): readonly string[] {
  const firstBegun = firsts(runs, 'began');
  const firstHandled = firsts(runs, 'handled');
  const found: string[] = [];
  for (const lane of Map.groupBy(intended, ({ key }) => key).values()) {
    let before: EventName | undefined;
    for (const event of lane.toSorted((one, other) => one.number - other.number)) {
      const begun = firstBegun.get(event.id);
      if (begun === undefined) continue;
      // What died never was handled: the key goes on without it, and when that was stands in no ledger.
      const due = before === undefined ? 0 : firstHandled.get(before.id);
      const expected = before === undefined || !dead.has(before.id);
      if (expected && (due === undefined || begun < due)) {
        found.push(`${event.id} began before ${before?.id} was handled`);
      }
      before = event;
    }
  }
  return found;
}

function firsts(runs: readonly ConsumerEntry[], kind: ConsumerEntry['kind']): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const run of runs) {
    if (run.kind === kind && run.at < (times.get(run.id) ?? Number.POSITIVE_INFINITY)) times.set(run.id, run.at);
  }
  return times;
}

/** The verdict in a sentence for each broken promise; empty where all were kept. */
export function complaints(verdict: Verdict): readonly string[] {
  const list = (ids: readonly string[]) =>
    `${ids.length}: ${ids.slice(0, 10).join(', ')}${ids.length > 10 ? ', …' : ''}`;
  return (['lost', 'phantom', 'changed', 'misordered', 'wronglyDead'] as const)
    .filter((promise) => verdict[promise].length > 0)
    .map((promise) => `${promise} ${list(verdict[promise])}`);
}
