import { spawn, type ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { MemberTask, Said } from './member-program.ts';

/** Members of one group, each a process. */
export interface Fleet {
  /** In the order in which it was said. */
  readonly said: readonly Said[];
  /** How many processes have ended without being told to. */
  readonly crashes: number;
  /** One more, which is started again when it ends by itself. */
  start(): Member;
  ids(kind: Said['kind']): string[];
}

interface Member {
  readonly said: readonly Said[];
  /** SIGKILL, and not started again. */
  kill(): Promise<void>;
}

/** Most of what a start costs is compiling, and a fleet starts dozens of processes. */
const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'payments-events-compile-cache') };
const program = fileURLToPath(new URL('./member-program.ts', import.meta.url));

/** Call it in a test: all its processes end with that. */
export function createFleet(task: MemberTask): Fleet {
  const said: Said[] = [];
  let crashes = 0;

  function start(): Member {
    const own: Said[] = [];
    let wanted = true;
    let child: ChildProcess;
    const launch = () => {
      child = spawn(process.execPath, ['--conditions=source', program, JSON.stringify(task)], {
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      createInterface({ input: child.stdout! }).on('line', (line) => {
        const one = JSON.parse(line) as Said;
        said.push(one);
        own.push(one);
      });
      child.once('exit', () => {
        if (!wanted) return;
        crashes += 1;
        launch();
      });
    };
    launch();
    const member: Member = {
      said: own,
      async kill() {
        if (!wanted) return;
        wanted = false;
        const gone = new Promise((resolve) => void child.once('close', resolve));
        child.kill('SIGKILL');
        await gone;
      },
    };
    onTestFinished(() => member.kill());
    return member;
  }

  return {
    said,
    get crashes() {
      return crashes;
    },
    start,
    ids: (kind) => said.filter((one) => one.kind === kind).map(({ id }) => id ?? ''),
  };
}

/** Ids in the order in which they were first handled: replays are left out. */
export function firstHandled(said: readonly Said[]): string[] {
  return [...new Set(said.filter(({ kind }) => kind === 'done').map(({ id }) => id ?? ''))];
}
