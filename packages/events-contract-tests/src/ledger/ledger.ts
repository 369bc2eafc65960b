import type { Fate, Intent, Run } from './entries.ts';

/** Everything that was meant to happen and everything that did, for one run of one clause. */
export interface Ledger {
  readonly intents: readonly Intent[];
  readonly runs: readonly Run[];
  /** Differences between what was meant and what a handler saw, in words. */
  readonly corruptions: readonly string[];
  intend(intent: Omit<Intent, 'place' | 'at'>): Intent;
  /** The publish call of an intent has ended. A later `accepted` wins: the caller published the same id again. */
  settle(id: string, fate: Exclude<Fate, 'open'>): void;
  fateOf(id: string): Fate;
  withFate(...fates: readonly Fate[]): readonly Intent[];
  start(run: Omit<Run, 'startedAs' | 'startedAt' | 'end'>, seen: Seen): Run;
  end(run: Run, end: Exclude<Run['end'], 'running'>): void;
  /** Every run of that consumer that has not ended is cut. */
  cut(consumer: string): void;
  runsOf(group: string, id?: string): readonly Run[];
  /** Ids whose handlers have succeeded at least once in the group. */
  handled(group: string): ReadonlySet<string>;
}

/** What the handler was given, to compare with what was meant. */
interface Seen {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  readonly key?: string;
}

export function createLedger(now: () => number): Ledger {
  const intents = new Map<string, Intent>();
  const fates = new Map<string, Fate>();
  const runs: Run[] = [];
  const runsByEvent = new Map<string, Run[]>();
  const handled = new Map<string, Set<string>>();
  const corruptions: string[] = [];
  let places = 0;

  const ofEvent = (group: string, id: string) => runsByEvent.get(`${group} ${id}`) ?? [];

  return {
    get intents() {
      return [...intents.values()];
    },
    runs,
    corruptions,
    intend(intent) {
      const known = intents.get(intent.id);
      if (known !== undefined) return known;
      const recorded = { ...intent, place: intents.size, at: now() };
      intents.set(intent.id, recorded);
      fates.set(intent.id, 'open');
      return recorded;
    },
    settle(id, fate) {
      if (fates.get(id) !== 'accepted') fates.set(id, fate);
    },
    fateOf: (id) => fates.get(id) ?? 'open',
    withFate: (...wanted) => [...intents.values()].filter(({ id }) => wanted.includes(fates.get(id) ?? 'open')),
    start(start, seen) {
      const run: Run = { ...start, startedAs: places++, startedAt: now(), end: 'running' };
      runs.push(run);
      const same = ofEvent(run.group, run.id);
      runsByEvent.set(`${run.group} ${run.id}`, [...same, run]);
      const intent = intents.get(run.id);
      if (intent !== undefined) corruptions.push(...differences(intent, seen).map((text) => `${run.group}: ${text}`));
      return run;
    },
    end(run, end) {
      if (run.end !== 'running') return;
      run.end = end;
      run.endedAs = places++;
      run.endedAt = now();
      if (end !== 'ok') return;
      const ids = handled.get(run.group) ?? new Set();
      handled.set(run.group, ids.add(run.id));
    },
    cut(consumer) {
      for (const run of runs) if (run.consumer === consumer) this.end(run, 'cut');
    },
    runsOf: (group, id) => (id === undefined ? runs.filter((run) => run.group === group) : ofEvent(group, id)),
    handled: (group) => handled.get(group) ?? new Set(),
  };
}

/** Headers beyond those the publisher gave are the library's own and not compared. */
function differences(intent: Intent, seen: Seen): string[] {
  const found: string[] = [];
  if (Buffer.compare(intent.body, seen.body) !== 0) {
    found.push(`${intent.id}: body of ${intent.body.length} bytes came as other ${seen.body.length} bytes`);
  }
  if (intent.key !== seen.key) found.push(`${intent.id}: key "${intent.key}" came as "${seen.key}"`);
  for (const [name, value] of Object.entries(intent.headers)) {
    if (seen.headers[name] !== value)
      found.push(`${intent.id}: header ${name} "${value}" came as "${seen.headers[name]}"`);
  }
  return found;
}
