import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { complaintsIn } from './complaints.ts';

/** Where the bench runs, and what it has left there. */
export interface BenchPlace {
  readonly env: Readonly<Record<string, string>>;
  leftovers(): Promise<readonly string[]>;
  /** Lines of the error output that are no complaint. @default none */
  readonly expectedToSay?: RegExp;
}

/** @param name as `pnpm bench` knows it. @param open called in the test, at whose end it is removed */
export function describeBench(name: string, open: () => Promise<BenchPlace>): void {
  test(`the bench on ${name} runs; how fast is not for a test to judge`, { timeout: 120_000 }, async () => {
    const place = await open();
    const program = join(import.meta.dirname, '../../benchmarks/main.ts');
    const args = ['--conditions=source', '--expose-gc', program, name, '--quick'];
    const env = { ...process.env, ...place.env };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env });
    expect(complaintsIn(stderr, place.expectedToSay)).toEqual([]);
    for (const line of [
      'publish, events per second',
      'consume, events per second',
      'a lone publish, p50 ms',
      'longest stretch ms',
      'the adapter adds to tuned',
      'core adds to the adapter',
      'core over memory',
    ]) {
      expect(stdout).toContain(line);
    }
    // It leaves nothing behind on somebody's broker.
    expect(await place.leftovers()).toEqual([]);
  });
}
