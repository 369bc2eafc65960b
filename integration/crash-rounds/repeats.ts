import type { ConsumerEntry } from './entries.ts';

/** What one process wrote down, and when it was killed: microseconds; absent where it left by itself. */
export interface Member {
  readonly name: string;
  readonly entries: readonly ConsumerEntry[];
  readonly killedAt?: number;
}

export interface Repeats {
  /** Of each process that was killed: events that it had before it, and that were handled more than once. */
  readonly byKill: Readonly<Record<string, number>>;
  /** What was handled again though nothing excuses it, in sentences. */
  readonly unexplained: readonly string[];
}

/**
 * Who is to blame for what a group handled more than once. Only a kill excuses it, and only for what that process had
 * before it so shortly before that the broker may not have heard what became of it: a handled event, and one that failed,
 * whose retry was stored. Joining and leaving excuse nothing.
 *
 * @param unheardMs how long a settlement may be on its way to the broker
 */
export function repeats(members: readonly Member[], group: string, unheardMs: number): Repeats {
  const runs = members.flatMap((member) =>
    member.entries.filter((entry) => entry.group === group).map(({ kind, id, at }) => ({ kind, id, at, member })),
  );
  const byKill: Record<string, number> = {};
  const unexplained: string[] = [];
  for (const [id, ofOne] of Map.groupBy(runs, (run) => run.id)) {
    const handled = ofOne.filter(({ kind }) => kind === 'handled').toSorted((one, other) => one.at - other.at);
    if (handled.length < 2) continue;
    const killers = ofOne.filter(
      ({ at, member: { killedAt = 0 } }) => killedAt - at <= unheardMs * 1_000 && killedAt > 0,
    );
    for (const name of new Set(killers.map(({ member }) => member.name))) byKill[name] = (byKill[name] ?? 0) + 1;
    if (killers.length === 0)
      unexplained.push(`${id} was handled by ${handled.map(({ member }) => member.name).join(', then by ')}`);
  }
  return { byKill, unexplained };
}
