import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectBroker } from '../broker/connect-broker.ts';
import { writeNotes } from '../consume/delivery-notes.ts';
import type { BrokerAdapter } from '../contract/adapter.ts';
import type { DeadLetter, DeadLetterStore, SweepVerdict } from '../contract/dead-letters.ts';
import { ClosedError } from '../errors/closed-error.ts';
import { deadLetters } from './dead-letters.ts';

function letter(id: string): DeadLetter {
  const message = { headers: {}, body: Buffer.from('not JSON: letters are listed and redriven all the same') };
  const state = writeNotes({ attempts: 5, redrives: 1, id: 'kept' });
  return { id, group: 'ledger', message, reason: 'undecodable', diedAt: new Date(0), state };
}

/** A store as the contract wants it, which notes each verdict. */
function storeOf(letters: DeadLetter[]) {
  const verdicts: string[] = [];
  const redriven: { id: string; state: object }[] = [];
  const sweep: DeadLetterStore['sweep'] = async (visit, { signal }) => {
    let visited = 0;
    const found = [...letters];
    for (const one of found) {
      if (signal.aborted) return { visited, complete: false };
      visited += 1;
      const verdict: SweepVerdict = await visit(one);
      verdicts.push(`${verdict.action} ${one.id}`);
      if (verdict.action === 'stop') return { visited, complete: false };
      if (verdict.action !== 'keep') letters.splice(letters.indexOf(one), 1);
      if (verdict.action === 'redrive') redriven.push({ id: one.id, state: verdict.state });
    }
    return { visited, complete: true };
  };
  return { letters, verdicts, redriven, sweep };
}

function adapterWith(sweep: DeadLetterStore['sweep'], behaviour: Partial<BrokerAdapter> = {}): BrokerAdapter {
  const content = { contractVersion: 1, system: 'fake', connect: async () => {}, close: async () => {} };
  return { ...content, deadLetters: () => ({ sweep }), ...behaviour } as BrokerAdapter;
}

/** Letters 1 to 5, and the operator's view of them. */
function setUp(letters = ['1', '2', '3', '4', '5'].map((id) => letter(id))) {
  const store = storeOf(letters);
  const operator = deadLetters({ broker: adapterWith(store.sweep), group: 'ledger' });
  return { ...store, operator };
}

async function idsOf(entries: AsyncIterable<{ id: string }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of entries) ids.push(id);
  return ids;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('listing dead letters', () => {
  it('keeps every letter and goes from the oldest to the newest', async () => {
    const { operator, verdicts } = setUp();
    expect(await idsOf(operator.list())).toEqual(['1', '2', '3', '4', '5']);
    expect(verdicts).toEqual(['keep 1', 'keep 2', 'keep 3', 'keep 4', 'keep 5']);
  });

  it('shows only what the filter wants, up to the limit, and then stops the sweep', async () => {
    const { operator, verdicts } = setUp();
    expect(await idsOf(operator.list({ filter: async ({ id }) => id !== '2', limit: 2 }))).toEqual(['1', '3']);
    expect(verdicts).toEqual(['keep 1', 'keep 2', 'stop 3']);
  });

  it('stops the sweep at once when the loop is left', async () => {
    const { operator, verdicts } = setUp();
    for await (const { id } of operator.list()) if (id === '2') break;
    expect(verdicts).toEqual(['keep 1', 'stop 2']);
  });

  it('rejects with what the filter throws', async () => {
    const filter = () => {
      throw new RangeError('bad filter');
    };
    await expect(idsOf(setUp().operator.list({ filter }))).rejects.toThrow('bad filter');
  });

  it('rejects with what the sweep throws', async () => {
    const operator = deadLetters({ broker: adapterWith(() => Promise.reject(new Error('cut off'))) });
    await expect(idsOf(operator.list())).rejects.toThrow('cut off');
  });

  it('rejects with the signal’s reason, even while an entry is being looked at', async () => {
    const { operator, verdicts } = setUp();
    const caller = new AbortController();
    const entries = operator.list({ signal: caller.signal });
    await entries.next();
    caller.abort(new Error('enough'));
    await expect(entries.next()).rejects.toThrow('enough');
    expect(verdicts).toEqual(['stop 1']);
  });

  it('does not wait for a filter that never answers once the caller has given up', async () => {
    const caller = new AbortController();
    const listing = idsOf(setUp().operator.list({ filter: () => new Promise(() => {}), signal: caller.signal }));
    caller.abort(new Error('enough'));
    await expect(listing).rejects.toThrow('enough');
  });

  it.each([0, -1, 1.5])('refuses the limit %d', (limit) => {
    expect(() => setUp().operator.list({ limit })).toThrow('limit must be a whole number of at least 1');
  });
});

describe('redriving dead letters', () => {
  it('sends all back: attempts begin again, the redrive is counted, the id stays', async () => {
    const { operator, letters, redriven } = setUp();
    expect(await operator.redrive()).toEqual({ visited: 5, redriven: 5, complete: true });
    expect(letters).toEqual([]);
    expect(redriven[0]).toEqual({ id: '1', state: writeNotes({ attempts: 0, redrives: 2, id: 'kept' }) });
  });

  it('sends back what the filter wants, up to the limit', async () => {
    const { operator, letters } = setUp();
    const result = await operator.redrive({ filter: ({ id }) => id !== '1', limit: 2 });
    expect(result).toEqual({ visited: 3, redriven: 2, complete: false });
    expect(letters.map(({ id }) => id)).toEqual(['1', '4', '5']);
  });

  it('is complete when the limit is as large as the store', async () => {
    expect(await setUp().operator.redrive({ limit: 5 })).toEqual({ visited: 5, redriven: 5, complete: true });
  });

  it('changes nothing in a dry run', async () => {
    const { operator, letters, verdicts } = setUp();
    expect(await operator.redrive({ dryRun: true, limit: 4 })).toEqual({ visited: 4, redriven: 4, complete: false });
    expect(letters).toHaveLength(5);
    expect(verdicts.filter((verdict) => verdict.startsWith('redrive'))).toEqual([]);
  });

  it('tells its progress after each letter', async () => {
    const seen: object[] = [];
    await setUp(['1', '2'].map((id) => letter(id))).operator.redrive({
      filter: ({ id }) => id === '2',
      onProgress: (now) => seen.push(now),
    });
    expect(seen).toEqual([
      { visited: 1, redriven: 0 },
      { visited: 2, redriven: 1 },
    ]);
  });

  it('waits for an asynchronous onProgress; what that rejects with ends the sweep and keeps the letter', async () => {
    const { operator, letters } = setUp();
    const onProgress = async ({ visited }: { visited: number }) => {
      if (visited === 2) throw new Error('no room in the book');
    };
    await expect(operator.redrive({ onProgress })).rejects.toThrow('no room in the book');
    expect(letters.map(({ id }) => id)).toEqual(['2', '3', '4', '5']);
  });

  it('does not wait for an onProgress that never answers once the caller has given up: the letter is kept', async () => {
    const { operator, letters } = setUp();
    const caller = new AbortController();
    const redriving = operator.redrive({ onProgress: () => new Promise(() => {}), signal: caller.signal });
    await vi.advanceTimersByTimeAsync(0);
    caller.abort();
    expect(await redriving).toEqual({ visited: 0, redriven: 0, complete: false });
    expect(letters).toHaveLength(5);
  });

  it('sends back no more than perSecond in a second', async () => {
    const { operator, redriven } = setUp();
    const redriving = operator.redrive({ perSecond: 2 });
    await vi.advanceTimersByTimeAsync(0);
    expect(redriven).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(999);
    expect(redriven).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1_001);
    expect(await redriving).toMatchObject({ redriven: 5 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with what was done when the caller gives up while it waits', async () => {
    const { operator, letters } = setUp();
    const caller = new AbortController();
    const redriving = operator.redrive({ perSecond: 1, signal: caller.signal });
    await vi.advanceTimersByTimeAsync(1_000);
    caller.abort();
    expect(await redriving).toEqual({ visited: 2, redriven: 2, complete: false });
    expect(letters).toHaveLength(3);
  });

  it('keeps a letter whose filter fails, and rejects', async () => {
    const { operator, letters } = setUp();
    const filter = async ({ id }: { id: string }) => {
      if (id === '2') throw new Error('bad filter');
      return true;
    };
    await expect(operator.redrive({ filter })).rejects.toThrow('bad filter');
    expect(letters.map(({ id }) => id)).toEqual(['2', '3', '4', '5']);
  });

  it.each([0, -1, Number.NaN])('refuses perSecond %d', async (perSecond) => {
    await expect(setUp().operator.redrive({ perSecond })).rejects.toMatchObject({ path: 'redrive.perSecond' });
  });
});

describe('discarding dead letters', () => {
  it('removes those with the given ids, looks no further, and names the missing', async () => {
    const { operator, letters, verdicts } = setUp();
    expect(await operator.discard({ ids: ['1', '3', '3'] })).toEqual({ discarded: 2, missing: [] });
    expect(verdicts).toEqual(['discard 1', 'keep 2', 'discard 3', 'stop 4']);
    expect(await operator.discard({ ids: ['3', '5'] })).toEqual({ discarded: 1, missing: ['3'] });
    expect(letters.map(({ id }) => id)).toEqual(['2', '4']);
  });

  it('does not sweep for nothing', async () => {
    const { operator, verdicts } = setUp();
    expect(await operator.discard({ ids: [] })).toEqual({ discarded: 0, missing: [] });
    expect(verdicts).toEqual([]);
  });

  it('rejects when it is cut short: nobody knows what is missing', async () => {
    const caller = new AbortController();
    caller.abort(new Error('enough'));
    await expect(setUp().operator.discard({ ids: ['1'], signal: caller.signal })).rejects.toThrow('enough');
  });
});

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
