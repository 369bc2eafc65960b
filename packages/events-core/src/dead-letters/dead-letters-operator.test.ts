import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectBroker } from '../broker/connect-broker.ts';
import { ClosedError } from '../errors/closed-error.ts';
import { deadLetters } from './dead-letters.ts';
import { letter, storeOf, adapterWith, setUp, idsOf } from './dead-letters.test-support.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('an operator’s view', () => {
  it('is of the broker’s default group where none is named', async () => {
    const asked: string[] = [];
    const store = storeOf([]);
    const adapter = adapterWith(store.sweep, {
      deadLetters: (group) => {
        asked.push(group);
        return { sweep: store.sweep };
      },
    });
    const broker = await connectBroker(adapter);
    await using operator = deadLetters({ broker });
    await operator.redrive();
    expect([operator.group, ...asked]).toEqual(['payment-service', 'payment-service']);
    expect(() => deadLetters({ broker, group: 'Ledger' })).toThrow('deadLetters.group');
  });

  it('ends what runs when it is closed, and refuses to be used again', async () => {
    const { operator } = setUp();
    const entries = operator.list();
    await entries.next();
    await Promise.all([operator.close(), operator.close()]);
    await expect(entries.next()).rejects.toThrow(ClosedError);
    await expect(operator.redrive()).rejects.toThrow(ClosedError);
    await expect(operator.discard({ ids: ['1'] })).rejects.toThrow(ClosedError);
  });

  it.each(['the caller', 'close'] as const)('ends at once when %s says so, whatever a schema does', async (who) => {
    const body = Buffer.from(
      '{"id":"e1","event_type":"shop.note.taken","timestamp":"2026-11-23T09:00:00Z","source":"/shop","data":{}}',
    );
    const validate = () => new Promise<never>(() => {});
    const events = {
      'shop.note.taken': { schema: { '~standard': { version: 1, vendor: 'test', validate } } },
    } as const;
    const store = storeOf([{ ...letter('1'), message: { headers: {}, body } }]);
    const operator = deadLetters({ broker: adapterWith(store.sweep), group: 'ledger', events });
    const caller = new AbortController();
    const redriving = operator.redrive({ signal: caller.signal });
    const listing = idsOf(operator.list({ signal: caller.signal }));
    const refused = expect(listing).rejects.toThrow();
    await vi.advanceTimersByTimeAsync(0);
    if (who === 'close') await operator.close();
    else caller.abort();
    expect(await redriving).toEqual({ visited: 0, redriven: 0, complete: false });
    await refused;
    await operator.close();
    expect(store.letters).toHaveLength(1);
  });

  it('waits one second for an adapter whose sweep ignores its signal, and no longer', async () => {
    const operator = deadLetters({ broker: adapterWith(() => new Promise(() => {})), group: 'ledger' });
    const redriving = operator.redrive();
    await vi.advanceTimersByTimeAsync(0);
    const closing = operator.close();
    await vi.advanceTimersByTimeAsync(1_000);
    await closing;
    expect(await redriving).toEqual({ visited: 0, redriven: 0, complete: false });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('closes a bare adapter that nobody else uses, and leaves a broker open', async () => {
    const close = vi.fn(async () => {});
    const { sweep } = storeOf([]);
    const broker = await connectBroker(adapterWith(sweep, { close }));
    await deadLetters({ broker }).close();
    expect(close).not.toHaveBeenCalled();
    await deadLetters({ broker: adapterWith(sweep, { close }) }).close();
    expect(close).toHaveBeenCalledOnce();
  });

  it('is closed by its broker, in the middle of a redrive', async () => {
    const { sweep } = storeOf(['1', '2'].map((id) => letter(id)));
    const broker = await connectBroker(adapterWith(sweep));
    const redriving = deadLetters({ broker }).redrive({ perSecond: 1 });
    await vi.advanceTimersByTimeAsync(0);
    await broker.close();
    expect(await redriving).toEqual({ visited: 1, redriven: 1, complete: false });
  });
});
