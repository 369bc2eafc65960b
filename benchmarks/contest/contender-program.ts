/**
 * A process in which one contender runs, at the command of its parent: `contender-program.ts <contest> <role> <url>`.
 *
 * Each contender has a process of its own, because in one process they would share what V8 has learnt of the client
 * library's functions, and a heap: each would be measured with the others' garbage and with code that was compiled for
 * the shapes of all of them.
 */
import { contests } from '../contests.ts';
import type { Answer, Command } from './contender-process.ts';
import type { Role } from './contest.ts';
import { loads } from './loads.ts';

const [contestName, role, url = ''] = process.argv.slice(2);
const contender = contests.find(({ name }) => name === contestName)?.contenders[role as Role];
if (contender === undefined) throw new Error(`There is no contender ${role} in a contest ${contestName}.`);
const open = await contender.open(url);

const answer = (one: Answer): void => void process.send?.(one);

async function obey({ load, events }: Command): Promise<Answer> {
  try {
    if (load !== 'close') return { result: await loads[load](open, events) };
    await open.close();
    return { result: undefined };
  } catch (error) {
    return { error: error instanceof Error ? `${error.stack}` : String(error) };
  }
}

process.on('message', (command: Command) => {
  void obey(command).then((one) => {
    answer(one);
    if (command.load === 'close') process.disconnect();
  });
});
// Also when the parent has died: open connections would keep this process alive.
process.once('disconnect', () => process.exit());
answer({ result: undefined });
