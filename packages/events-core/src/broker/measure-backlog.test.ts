import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BrokerAdapter } from '../contract/adapter.ts';
import { BrokerUnavailableError } from '../errors/broker-unavailable-error.ts';
import { measureBacklog } from './measure-backlog.ts';

const adapterWith = (backlog: BrokerAdapter['backlog']) => ({ system: 'fake', backlog }) as BrokerAdapter;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the backlog', () => {
  it('is what the adapter counted, and leaves no timer behind', async () => {
    const counted = { waiting: 600, inFlight: 0, retrying: 0, dead: 0, exact: true };
    expect(
      await measureBacklog(
        adapterWith(async () => counted),
        'ledger',
      ),
    ).toBe(counted);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is an error after 10 s rather than a number nobody measured', async () => {
    const refused = measureBacklog(
      adapterWith(() => new Promise(() => {})),
      'ledger',
    ).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(BrokerUnavailableError.isInstance(await refused)).toBe(true);
  });

  it('is not asked for a group outside the grammar', async () => {
    await expect(
      measureBacklog(
        adapterWith(() => new Promise(() => {})),
        'Ledger',
      ),
    ).rejects.toMatchObject({ path: 'group' });
  });
});
