import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BrokerAdapter } from '../contract/adapter.ts';
import { measureHealth } from './measure-health.ts';

const adapterWith = (health: BrokerAdapter['health']) => ({ system: 'fake', health }) as BrokerAdapter;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('health', () => {
  it('is what the adapter reports, and leaves no timer behind', async () => {
    expect(await measureHealth(adapterWith(async () => ({ status: 'up', problems: [] })))).toEqual({
      status: 'up',
      problems: [],
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is down after 2 s without an answer', async () => {
    const health = measureHealth(adapterWith(() => new Promise(() => {})));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await health).toMatchObject({ status: 'down', problems: [{ code: 'health-timeout' }] });
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('cannot reach amqp://me:hunter2@broker'))],
    [
      'throws',
      () => {
        throw new Error('password=hunter2');
      },
    ],
  ])('is down, and shows no secret, where the adapter %s', async (_what, health) => {
    const report = await measureHealth(adapterWith(health));
    expect(report).toMatchObject({ status: 'down', problems: [{ code: 'health-failed' }] });
    expect(JSON.stringify(report)).not.toContain('hunter2');
  });
});
