import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** One of the programs of a run: at most one process at a time, and another one after each kill. */
export interface Program {
  readonly name: string;
  start(): void;
  /** Resolves when the process there is now has said that it is up, or has ended. */
  up(): Promise<unknown>;
  /** SIGKILL. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGSTOP: it neither reads nor writes, and its connections stay open. */
  pause(): void;
  /** SIGCONT. */
  goOn(): void;
  /** SIGTERM, once it is up. @returns its exit code, null where it had to be killed because it did not end within 20 s */
  stop(): Promise<number | null>;
  /** For one that ends by itself. Resolves when the process there is now has ended. */
  ended(): Promise<void>;
  /** Ends of a process that nobody asked for, each with what it said last. */
  readonly accidents: readonly string[];
}

/** Longer than a publish may take, and than handlers need. */
const stopWithinMs = 20_000;

export function createProgram(file: string, folder: string, name: string): Program {
  const accidents: string[] = [];
  let child: ChildProcess | undefined;
  let gone: Promise<unknown> = Promise.resolve();
  let up: Promise<unknown> = Promise.resolve();
  /** The process that is meant to end. */
  let doomed: ChildProcess | undefined;

  const signal = (what: NodeJS.Signals): void => void child?.kill(what);

  return {
    name,
    accidents,
    up: () => up,
    start() {
      const started = spawn(process.execPath, ['--conditions=source', join(import.meta.dirname, file), folder, name], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child = started;
      let said = '';
      started.stderr.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-2_000);
      });
      gone = once(started, 'close').then(([code, killedBy]) => {
        if (doomed !== started) accidents.push(`${name} ended by itself (${String(code ?? killedBy)}): ${said}`);
      });
      up = Promise.race([new Promise((resolve) => started.stdout.once('data', resolve)), gone]);
    },
    async kill() {
      doomed = child;
      signal('SIGKILL');
      await gone;
    },
    pause: () => signal('SIGSTOP'),
    goOn: () => signal('SIGCONT'),
    async stop() {
      doomed = child;
      const late = setTimeout(() => signal('SIGKILL'), stopWithinMs);
      // Before that nobody listens for it, and it is a kill.
      await up;
      signal('SIGTERM');
      await gone;
      clearTimeout(late);
      return child?.exitCode ?? null;
    },
    async ended() {
      doomed = child;
      await gone;
    },
  };
}

/** Tells a program to end. @returns a complaint where it has not done so in peace */
export async function stopInPeace(program: Program): Promise<readonly string[]> {
  const exitCode = await program.stop();
  return exitCode === 0 ? [] : [`${program.name} ended with ${String(exitCode)} when it was stopped`];
}
