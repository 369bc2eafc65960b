import { spawn } from 'node:child_process';
import type { ProgramAccess } from '../harness.ts';
import { systemTime } from '../time/system-time.ts';
import { fail, show } from '../verdict.ts';

/** One thing a program says: a line of JSON on its standard output. */
export type ProgramLine = { readonly say: string } & Readonly<Record<string, unknown>>;

interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Milliseconds from the last signal sent to it, else from its start. */
  readonly tookMs: number;
}

/** A Node program in a process of its own, in real time: wait for it with `time.outside`. */
export interface RunningProgram {
  readonly lines: readonly ProgramLine[];
  /** Until the condition holds for what it has said. @throws {VerdictError} when it ends or time runs out first. */
  until(condition: (lines: readonly ProgramLine[]) => boolean, withinMs: number, what: string): Promise<void>;
  send(signal: NodeJS.Signals): void;
  /** @throws {VerdictError} when it has not ended by then; it is killed. */
  end(withinMs: number): Promise<ProgramEnd>;
  /** SIGKILL, if it still runs. */
  kill(): void;
}

export interface ProgramOptions {
  readonly access: ProgramAccess;
  /** Given to the program beside `access`, as JSON. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly flags?: readonly string[];
}

/** @param path of the program without its extension, seen from the caller: `new URL('./program', import.meta.url)` */
export function startProgram(path: URL, { access, given, flags = [] }: ProgramOptions): RunningProgram {
  // Run from sources the program is TypeScript, installed it is what was built from it.
  const fromSources = import.meta.url.endsWith('.ts');
  const file = new URL(`${path.href}${fromSources ? '.ts' : '.js'}`);
  const conditions = fromSources ? ['--conditions=source'] : [];
  const { clientNoise, ...told } = access;
  const child = spawn(
    process.execPath,
    [...conditions, ...flags, file.pathname, JSON.stringify({ ...told, ...given })],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const time = systemTime();
  const lines: ProgramLine[] = [];
  let unread = '';
  let errors = '';
  let ended: Omit<ProgramEnd, 'tookMs'> | undefined;
  let since = time.now();
  let endedAt = since;

  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = `${unread}${text}`.split('\n');
    unread = parts.pop() ?? '';
    lines.push(...parts.map((part) => JSON.parse(part) as ProgramLine));
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  child.once('close', (code, signal) => {
    ended = { code, signal };
    endedAt = time.now();
  });

  return {
    lines,
    async until(condition, withinMs, what) {
      await time.until(
        () => condition(lines) || ended !== undefined,
        withinMs,
        () => `${what}; it said last ${show(lines.at(-1))} ${errors}`,
      );
      if (!condition(lines)) fail(`the program ended before ${what}: ${show(ended)} ${errors}`);
    },
    send(signal) {
      since = time.now();
      child.kill(signal);
    },
    async end(withinMs) {
      try {
        await time.until(
          () => ended !== undefined,
          withinMs,
          () => `the program ends; it said last ${show(lines.at(-1))} ${errors}`,
        );
      } finally {
        child.kill('SIGKILL');
      }
      const own = errors.split('\n').filter((line) => line !== '' && clientNoise?.test(line) !== true);
      if (own.length > 0) fail(`the program wrote to stderr: ${own.join('\n')}`);
      return { ...ended!, tookMs: endedAt - since };
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
