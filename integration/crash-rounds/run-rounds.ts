import { setTimeout as sleep } from 'node:timers/promises';
import { observe, type CrashBroker } from './crash-broker.ts';
import { drain } from './drain.ts';
import { readLedgerFiles } from './ledger-file.ts';
import { complaints, judge, type Figures } from './judge.ts';
import type { Round } from './plan.ts';
import { createProgram, stopInPeace, type Program } from './program.ts';
import { writeSettings, type Settings } from './settings.ts';

export interface RunOptions {
  readonly broker: CrashBroker;
  /** Empty, and this run's alone. */
  readonly folder: string;
  readonly settings: Settings;
}

export interface RunReport {
  /** What went wrong, in sentences. */
  readonly complaints: readonly string[];
  /** By group. */
  readonly figures: Readonly<Record<string, Figures>>;
}

/** Lets a publisher and two consumers run through the rounds, drains with consumers that are new, and judges. */
export async function runRounds(
  rounds: readonly Round[],
  { broker, folder, settings }: RunOptions,
): Promise<RunReport> {
  writeSettings(folder, settings, broker);
  await using observer = await observe(broker, settings);
  const programs = {
    publisher: createProgram('publisher-program.ts', folder, 'publisher'),
    'consumer-1': createProgram('consumer-program.ts', folder, 'consumer-1'),
    'consumer-2': createProgram('consumer-program.ts', folder, 'consumer-2'),
  };
  for (const program of Object.values(programs)) program.start();

  const pauses: Promise<void>[] = [];
  for (const { afterMs, blows } of rounds) {
    await sleep(afterMs);
    for (const { target, kind, forMs } of blows) {
      if (kind === 'pause') pauses.push(pause(programs[target], forMs));
    }
    const killed = blows.filter(({ kind }) => kind === 'kill');
    await Promise.all(killed.map(({ target, forMs }) => restart(programs[target], forMs)));
  }
  await Promise.all(pauses);

  // The publisher first: nothing new may come while the consumers leave.
  const stopped = [await stopInPeace(programs.publisher)];
  stopped.push(...(await Promise.all([stopInPeace(programs['consumer-1']), stopInPeace(programs['consumer-2'])])));
  const left = await drain({ folder, settings, observer });
  const report: RunReport['complaints'][] = [stopped.flat(), left];
  report.push(Object.values(programs).flatMap(({ accidents }) => accidents));
  const figures: Record<string, Figures> = {};
  const entries = readLedgerFiles(folder);
  for (const { group, ordering } of settings.groups) {
    const dead = (await observer.dead(group)).map(({ id }) => id);
    const verdict = judge({ entries, group, dead, inOrder: ordering === 'key' });
    figures[group] = verdict.figures;
    report.push(complaints(verdict).map((complaint) => `group ${group}: ${complaint}`));
  }
  return { complaints: report.flat(), figures };
}

async function restart(program: Program, afterMs: number): Promise<void> {
  await program.kill();
  await sleep(afterMs);
  program.start();
}

async function pause(program: Program, forMs: number): Promise<void> {
  program.pause();
  await sleep(forMs);
  program.goOn();
}
