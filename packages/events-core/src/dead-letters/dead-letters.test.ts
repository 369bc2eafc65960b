import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeNotes } from '../consume/delivery-notes.ts';
import type { DeadLetterStore } from '../contract/dead-letters.ts';
import { DeadLetterStoreBusyError } from '../errors/dead-letter-store-busy-error.ts';
import { deadLetters } from './dead-letters.ts';
import { letter, adapterWith, setUp, storeOf, idsOf } from './dead-letters.test-support.ts';

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

describe('a broker that cannot show all its letters at once', () => {
  const partly = () => {
    const store = storeOf([letter('1'), letter('2')]);
    const sweep: DeadLetterStore['sweep'] = async (...args) => ({ ...(await store.sweep(...args)), complete: false });
    return deadLetters({ broker: adapterWith(sweep), group: 'ledger' });
  };

  it('is told after the last that it shows: a part is not the whole', async () => {
    const seen: string[] = [];
    const listing = (async () => {
      for await (const { id } of partly().list()) seen.push(id);
    })();
    await expect(listing).rejects.toThrow('more dead letters than fake shows at once: these were the first 2');
    await expect(listing).rejects.toThrow(DeadLetterStoreBusyError);
    expect(seen).toEqual(['1', '2']);
  });

  it('is no matter to a list that stops before the end, nor to a discard that has found all', async () => {
    expect(await idsOf(partly().list({ limit: 1 }))).toEqual(['1']);
    expect(await partly().discard({ ids: ['2'] })).toEqual({ discarded: 1, missing: [] });
  });

  it('leaves open which ids are missing', async () => {
    await expect(partly().discard({ ids: ['3'] })).rejects.toThrow(DeadLetterStoreBusyError);
  });

  it('makes a redrive incomplete', async () => {
    expect(await partly().redrive()).toEqual({ visited: 2, redriven: 2, complete: false });
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
