import { setTimeout as sleep } from 'node:timers/promises';
import { observe } from './crash-broker.ts';
import { drain } from './drain.ts';
import type { ConsumerEntry } from './entries.ts';
import { complaints, judge } from './judge.ts';
import { microseconds, readLedgerFiles } from './ledger-file.ts';
import { createProgram, stopInPeace, type Program } from './program.ts';
import { repeats } from './repeats.ts';
import type { RunOptions } from './run-rounds.ts';
import { writeSettings } from './settings.ts';
import { stalls, type Step } from './stalls.ts';

export interface ScaleOutOptions extends RunOptions {
  /** Members of each group at the height of the run. */
  readonly most: number;
  /** Milliseconds between two steps; after a kill the broker has its own time before. */
  readonly holdMs: number;
}

/** Settlements are made known four times a second, and a busy machine may be late. */
const unheardMs = 1_500;

/**
 * Under a steady flow members join one by one, and leave one by one: killed and told to go by turns, the eldest first.
 *
 * @returns complaints, what the kills doubled, and for how long each step has stopped a key
 */
export async function runScaleOut({ broker, folder, settings, most, holdMs }: ScaleOutOptions) {
  writeSettings(folder, settings, broker);
  await using observer = await observe(broker, settings);
  const publisher = createProgram('publisher-program.ts', folder, 'publisher');
  const members: { readonly program: Program; killedAt?: number }[] = [];
  const steps: Step[] = [];
  const found: string[] = [];

  for (let count = 1; count <= most; count += 1) {
    const program = createProgram('consumer-program.ts', folder, `member-${count}`);
    members.push({ program });
    steps.push({ name: `${program.name} joins`, at: microseconds() });
    program.start();
    await program.up();
    if (count === 1) publisher.start();
    await sleep(holdMs);
  }
  for (const [index, member] of members.slice(0, -1).entries()) {
    const { program } = member;
    const killed = index % 2 === 0;
    steps.push({ name: `${program.name} ${killed ? 'is killed' : 'leaves'}`, at: microseconds() });
    if (killed) {
      await program.kill();
      member.killedAt = microseconds();
    } else found.push(...(await stopInPeace(program)));
    await sleep(killed ? holdMs + (broker.heldAfterKillMs ?? 0) : holdMs);
  }
  steps.push({ name: 'end', at: microseconds() });
  found.push(...(await stopInPeace(publisher)));
  for (const { program } of members.slice(-1)) found.push(...(await stopInPeace(program)));
  found.push(...(await drain({ folder, settings, observer })));
  found.push(...[publisher, ...members.map(({ program }) => program)].flatMap(({ accidents }) => accidents));

  const entries = readLedgerFiles(folder);
  const ledgers = [...members, { program: { name: 'drain-1' } }, { program: { name: 'drain-2' } }].map((member) => ({
    ...('killedAt' in member ? { killedAt: member.killedAt } : {}),
    name: member.program.name,
    entries: readLedgerFiles(folder, member.program.name).filter(isRun),
  }));
  const figures: Record<string, object> = {};
  for (const { group, ordering } of settings.groups) {
    const dead = (await observer.dead(group)).map(({ id }) => id);
    const verdict = judge({ entries, group, dead, inOrder: ordering === 'key' });
    const { byKill, unexplained } = repeats(ledgers, group, unheardMs);
    found.push(...[...complaints(verdict), ...unexplained].map((complaint) => `group ${group}: ${complaint}`));
    figures[group] = { ...verdict.figures, byKill, stallMs: stalls(entries.filter(isRun), group, steps) };
  }
  return { complaints: found, figures };
}

const isRun = (entry: { readonly kind: string }): entry is ConsumerEntry =>
  entry.kind === 'began' || entry.kind === 'handled';
