/** Docker's command line. */
import { execFile } from 'node:child_process';

/** Tells whoever waits what is being done now. */
export type Say = (line: string) => void;

export interface Answer {
  /** Undefined where the program is not there or was ended for taking too long. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly missing: boolean;
}

/** Runs a program to its end; one that fails is an answer too. */
export function run(program: string, args: readonly string[], timeoutMs: number): Promise<Answer> {
  return new Promise((resolve) => {
    const options = { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 2 ** 26 } as const;
    execFile(program, args, options, (error, stdout, stderr) => {
      const code = error?.code;
      const exitCode = error === null ? 0 : typeof code === 'number' ? code : undefined;
      resolve({ exitCode, stdout, stderr, missing: code === 'ENOENT' });
    });
  });
}

/** @throws {Error} with what the program said, when it fails. */
export async function mustRun(program: string, args: readonly string[], timeoutMs: number): Promise<string> {
  const { exitCode, stdout, stderr, missing } = await run(program, args, timeoutMs);
  if (exitCode === 0) return stdout.trim();
  const why = missing ? 'it is not installed' : exitCode === undefined ? `no end within ${timeoutMs} ms` : exitCode;
  throw new Error(`${program} ${args.join(' ').slice(0, 200)}: ${why}\n${lastLines(`${stdout}\n${stderr}`, 30)}`);
}

export function docker(args: readonly string[], timeoutMs = 60_000): Promise<string> {
  return mustRun('docker', args, timeoutMs);
}

/** Whether an image is on this machine. */
export async function imageExists(image: string): Promise<boolean> {
  return (await run('docker', ['image', 'inspect', '--format', '{{.Id}}', image], 30_000)).exitCode === 0;
}

export function lastLines(text: string, count: number): string {
  return text.trim().split('\n').slice(-count).join('\n');
}
