import { setTimeout as sleep } from 'node:timers/promises';
import type { Observer } from './crash-broker.ts';
import { judge } from './judge.ts';
import { readLedgerFiles } from './ledger-file.ts';
import { createProgram } from './program.ts';
import type { Settings } from './settings.ts';

/** For the whole backlog of a run. What is not handled by then will not be: it is judged as it is. */
const patienceMs = 90_000;

export interface DrainOptions {
  readonly folder: string;
  readonly settings: Settings;
  readonly observer: Observer;
}

/** Consumers that have seen nothing of the run take what is left of it. @returns complaints */
export async function drain({ folder, settings, observer }: DrainOptions): Promise<readonly string[]> {
  const programs = ['drain-1', 'drain-2'].map((name) => createProgram('consumer-program.ts', folder, name));
  for (const program of programs) program.start();
  const due = Date.now() + patienceMs;
  let left = await leftOf({ folder, settings, observer });
  while (left.length > 0 && Date.now() < due) {
    await sleep(500);
    left = await leftOf({ folder, settings, observer });
  }
  const exitCodes = await Promise.all(programs.map((program) => program.stop()));
  const unclean = exitCodes.flatMap((code, index) => (code === 0 ? [] : [`drain-${index + 1} ended with ${code}`]));
  return [...left, ...unclean, ...programs.flatMap(({ accidents }) => accidents)];
}

/** The ledgers alone would do for what was acknowledged; the broker also knows of copies and retries under way. */
async function leftOf({ folder, settings, observer }: DrainOptions): Promise<readonly string[]> {
  const entries = readLedgerFiles(folder);
  const left: string[] = [];
  for (const { group } of settings.groups) {
    const dead = (await observer.dead(group)).map(({ id }) => id);
    const { lost } = judge({ entries, group, dead, inOrder: false });
    if (lost.length > 0) left.push(`group ${group}: ${lost.length} acknowledged events are not handled`);
    const waiting = await observer.left(group);
    if (waiting > 0) left.push(`group ${group}: the broker still has ${waiting} messages`);
  }
  return left;
}
