import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Role } from './contest.ts';
import type { loads } from './loads.ts';

type Loads = typeof loads;
type Load = keyof Loads;

export interface Command {
  readonly load: Load | 'close';
  readonly events: number;
}
export type Answer = { readonly result: unknown } | { readonly error: string };

/** A contender in a process of its own. One load at a time. */
export interface ContenderProcess {
  readonly role: Role;
  run<L extends Load>(load: L, events: number): ReturnType<Loads[L]>;
  close(): Promise<void>;
  /** For when something has failed. */
  kill(): void;
}

/** Longer than any load takes: a contender that hangs must not hang the bench. */
const answerTimeoutMs = 180_000;

export async function startContender(contest: string, role: Role, url: string): Promise<ContenderProcess> {
  const program = fileURLToPath(new URL('./contender-program.ts', import.meta.url));
  // With the options of this process: a profiler asked for by an option sees the contenders too.
  const child = fork(program, [contest, role, url]);
  const exited = once(child, 'exit');
  await answerOf(child, role);

  async function command(load: Command['load'], events: number): Promise<unknown> {
    child.send({ load, events } satisfies Command);
    return answerOf(child, role);
  }

  return {
    role,
    run: (load, events) => command(load, events) as ReturnType<Loads[typeof load]>,
    async close() {
      await command('close', 0);
      await exited;
    },
    kill: () => void child.kill(),
  };
}

async function answerOf(child: ChildProcess, role: Role): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const onExit = (code: number | null): void => reject(new Error(`The contender ${role} has exited with ${code}.`));
  const late = setTimeout(() => {
    child.kill();
    reject(new Error(`The contender ${role} has not answered within ${answerTimeoutMs} ms.`));
  }, answerTimeoutMs);
  child.once('message', resolve);
  child.once('exit', onExit);
  try {
    const answer = await promise;
    if ('error' in answer) throw new Error(`The contender ${role} has failed: ${answer.error}`);
    return answer.result;
  } finally {
    clearTimeout(late);
    child.off('message', resolve);
    child.off('exit', onExit);
  }
}
