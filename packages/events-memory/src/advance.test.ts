import { ConfigurationError } from '@payments/events-core';
import { describe, expect, test } from 'vitest';
import { memory } from './adapter.ts';
import { ack, createProcess, never, retryAfter } from './process.test-support.ts';

async function started(options: Parameters<typeof memory>[0] = { clock: 'virtual' }) {
  const process = createProcess(memory(options));
  await process.broker.connect(process.runtime, { signal: never });
  return process;
}

describe('advance', () => {
  test('runs what is due in order, each with its consequences before the next', async () => {
    const process = await started();
    const { clock } = process.runtime;
    const start = clock.now();
    const log: string[] = [];
    await process.subscribe(async ({ message, state }) => {
      log.push(`${message.id} at ${clock.now() - start}`);
      if (state['again'] === undefined) return retryAfter(Number(message.id), { again: 'yes' });
      if (message.id === '100') await process.send('50');
      return ack;
    });
    for (const id of ['300', '100', '200']) await process.send(id);
    clock.schedule(150, () => log.push('timer at 150'));
    await process.broker.advance(1_000);
    expect(log).toEqual([
      '300 at 0',
      '100 at 0',
      '200 at 0',
      '100 at 100',
      '50 at 100',
      'timer at 150',
      '50 at 150',
      '200 at 200',
      '300 at 300',
    ]);
    expect(clock.now() - start).toBe(1_000);
  });

  test('does not wait for a handler that waits for the time itself', async () => {
    const process = await started();
    const { clock } = process.runtime;
    let finished = 0;
    await process.subscribe(async () => {
      await new Promise<void>((resolve) => clock.schedule(5_000, resolve));
      finished = clock.now();
      return ack;
    });
    await process.send('m1');
    const start = clock.now();
    await process.broker.advance(60_000);
    expect(finished).toBe(start + 5_000);
  });

  test('a day with nothing to do passes in a moment', async () => {
    const process = await started();
    await process.broker.advance(86_400_000);
    expect((await process.broker.health()).status).toBe('up');
  });

  test('needs a virtual clock', async () => {
    const process = await started({});
    await expect(process.broker.advance(1)).rejects.toThrow(ConfigurationError);
    await expect((await started()).broker.advance(-1)).rejects.toThrow(ConfigurationError);
    await process.broker.close({ signal: never });
  });
});
