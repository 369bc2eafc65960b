import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Called with everything said so far, at each piece. */
  readonly onOutput?: (stdout: string) => void;
  readonly timeoutMs?: number;
}

/** Runs a program of `examples` as a user does, in a process of its own. */
export async function runExample(file: string, options: RunOptions = {}): Promise<Finished> {
  const { args = [], env = {}, onOutput = () => {}, timeoutMs = 60_000 } = options;
  const program = join(import.meta.dirname, '../../examples', file);
  const child = spawn(process.execPath, ['--conditions=source', program, ...args], {
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    onOutput(stdout);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  await once(child, 'close');
  return { exitCode: child.exitCode, stdout, stderr };
}
