import { execFile } from 'node:child_process';

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program as a user does, in a process of its own. */
export function runProgram(file: string, ...args: readonly string[]): Promise<Finished> {
  const { promise, resolve } = Promise.withResolvers<Finished>();
  const options = { env: { ...process.env, NO_COLOR: '1' }, timeout: 30_000 };
  execFile(process.execPath, ['--conditions=source', file, ...args], options, (error, stdout, stderr) => {
    const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
    resolve({ exitCode, stdout, stderr });
  });
  return promise;
}
