import { setTimeout as sleep } from 'node:timers/promises';
import { observe, type CrashBroker } from './crash-broker.ts';
import { drain } from './drain.ts';
import { complaints, judge } from './judge.ts';
import { readLedgerFiles } from './ledger-file.ts';
import { createProgram, type Program } from './program.ts';
import type { RunOptions } from './run-rounds.ts';
import { writeSettings } from './settings.ts';

/** Ten deaths and a start each: more than that is a loop that nothing ends. */
const patienceMs = ({ heldAfterKillMs = 0 }: CrashBroker): number => 60_000 + 12 * heldAfterKillMs;

/** One event kills its process again and again while that holds others. @returns complaints, and how often it was begun */
export async function runPoison({
  broker,
  folder,
  settings,
}: RunOptions): Promise<{ readonly complaints: readonly string[]; readonly deaths: number }> {
  writeSettings(folder, settings, broker);
  await using observer = await observe(broker, settings);
  const publisher = createProgram('publisher-program.ts', folder, 'publisher');
  publisher.start();
  await publisher.ended();

  const { poison = '' } = settings;
  const isOver = async (): Promise<boolean> => {
    const dead = await Promise.all(settings.groups.map(({ group }) => observer.dead(group)));
    return dead.every((letters) => letters.some(({ id }) => id === poison));
  };
  const over = new AbortController();
  const consumers = ['consumer-1', 'consumer-2'].map((name) => createProgram('consumer-program.ts', folder, name));
  const watching = consumers.map((consumer) => keepAlive(consumer, over.signal));
  const due = Date.now() + patienceMs(broker);
  while (Date.now() < due && !(await isOver())) await sleep(500);
  over.abort();
  await Promise.all(consumers.map((consumer) => consumer.stop()));
  await Promise.all(watching);

  const found = [...(await drain({ folder, settings, observer })), ...publisher.accidents];
  const entries = readLedgerFiles(folder);
  for (const { group, ordering } of settings.groups) {
    const letters = await observer.dead(group);
    const verdict = judge({
      entries,
      group,
      dead: letters.map(({ id }) => id),
      mayBeDead: [poison],
      inOrder: ordering === 'key',
    });
    found.push(...complaints(verdict).map((complaint) => `group ${group}: ${complaint}`));
    const reason = letters.find(({ id }) => id === poison)?.reason;
    if (reason !== 'crash-loop') found.push(`group ${group}: the poison lies dead for ${reason}, not as a crash loop`);
  }
  const deaths = entries.filter((entry) => entry.kind === 'began' && entry.id === poison).length;
  return { complaints: found, deaths };
}

/** As a process supervisor does. */
async function keepAlive(program: Program, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    program.start();
    await program.ended();
  }
}
