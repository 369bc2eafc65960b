import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openVirtualHost } from './support/virtual-host.ts';

test('the bench on RabbitMQ runs; how fast is not for a test to judge', { timeout: 120_000 }, async () => {
  const host = await openVirtualHost();
  const program = join(import.meta.dirname, '../../benchmarks/main.ts');
  const args = ['--conditions=source', '--expose-gc', program, 'rabbitmq', '--quick'];
  const env = { ...process.env, EVENTS_RABBITMQ_URL: host.url };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env });
  expect(stderr).toBe('');
  for (const line of [
    'publish, events per second',
    'consume, events per second',
    'a lone publish, p50 ms',
    'the adapter adds to tuned',
    'core adds to the adapter',
    'core over memory',
  ]) {
    expect(stdout).toContain(line);
  }
  // It leaves nothing behind on somebody's broker.
  expect(await host.queues()).toEqual([]);
});
