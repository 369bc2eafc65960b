import { describe, expect, it } from 'vitest';
import { pulled } from './pulled.ts';

/** Pushes 1, 2, 3 … until it is not wanted any more, and notes what happened. */
function counter(until = Infinity) {
  const log: string[] = [];
  const push = async (offer: (item: number) => Promise<boolean>) => {
    for (let item = 1; item <= until; item += 1) {
      log.push(`offered ${item}`);
      if (!(await offer(item))) {
        log.push('stopped');
        return;
      }
    }
    log.push('finished');
  };
  return { log, push };
}

describe('a pull iterator over a source that pushes', () => {
  it('yields what the source offers, one at a time', async () => {
    const { log, push } = counter(2);
    for await (const item of pulled(push)) log.push(`got ${item}`);
    expect(log).toEqual(['offered 1', 'got 1', 'offered 2', 'got 2', 'finished']);
  });

  it('runs nothing before the first pull', async () => {
    const { log, push } = counter();
    const iterator = pulled(push);
    await iterator.return();
    expect(log).toEqual([]);
  });

  it('ends the source at once when the loop is left', async () => {
    const { log, push } = counter();
    for await (const item of pulled(push)) if (item === 2) break;
    expect(log).toEqual(['offered 1', 'offered 2', 'stopped']);
  });

  it('ends the source at once when the loop throws', async () => {
    const { log, push } = counter();
    const loop = async () => {
      for await (const _item of pulled(push)) throw new Error('in the loop');
    };
    await expect(loop()).rejects.toThrow('in the loop');
    expect(log).toEqual(['offered 1', 'stopped']);
  });

  it('rejects with what the source throws', async () => {
    const iterator = pulled<number>(async (offer) => {
      await offer(1);
      throw new Error('the connection is gone');
    });
    expect(await iterator.next()).toEqual({ done: false, value: 1 });
    await expect(iterator.next()).rejects.toThrow('the connection is gone');
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('tells the next pull of a source that failed while nobody pulled', async () => {
    const crash = Promise.withResolvers<boolean>();
    const crashed = Promise.withResolvers<void>();
    const iterator = pulled<number>(async (offer) => {
      try {
        await Promise.race([offer(1), crash.promise]);
      } finally {
        crashed.resolve();
      }
    });
    await iterator.next();
    crash.reject(new Error('the connection is gone'));
    await crashed.promise;
    await expect(iterator.next()).rejects.toThrow('the connection is gone');
  });

  it('keeps to itself what a source throws that nobody wants any more', async () => {
    const iterator = pulled<number>(async (offer) => {
      if (!(await offer(1))) throw new Error('while it ended');
    });
    await iterator.next();
    await expect(iterator.return()).resolves.toEqual({ done: true, value: undefined });
  });
});
