import { ConfigurationError } from '@payments/events-core';
import { describe, expect, test } from 'vitest';
import { adapterFromConfiguration, memory } from './adapter.ts';
import { ack, createProcess, never, now, retryAfter, turns } from './process.test-support.ts';
import { memoryServer } from './server/server.ts';

describe('options', () => {
  test.each([
    [{ capacity: 0 }, 'capacity'],
    [{ capacity: 1.5 }, 'capacity'],
    [{ capacity: '5' }, 'capacity'],
    [{ history: -1 }, 'history'],
    [{ leaseMs: 1 }, 'leaseMs'],
    [{ maxMessageBytes: Number.NaN }, 'maxMessageBytes'],
    [{ clock: 'fast' }, 'clock'],
    [{ capacitty: 5 }, 'capacitty'],
    [{ server: memoryServer(), capacity: 5 }, 'capacity'],
  ])('%o is refused with its path', (options, path) => {
    const error = (() => {
      try {
        return memory(options as object);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({ path });
  });

  test('the configuration file says how much it holds and how much history it keeps', async () => {
    const broker = adapterFromConfiguration({ broker_type: 'memory', capacity: 7, history: 0 });
    expect(broker.server.settings).toMatchObject({ capacity: 7, history: 0, clock: 'system' });
    expect(adapterFromConfiguration({ broker_type: 'memory', history: 20 }).server.settings.history).toBe(20);
    expect(adapterFromConfiguration({ broker_type: 'memory' }).server.settings).toMatchObject({
      capacity: 1_000_000,
      history: 1_000,
    });
  });

  test('a clock is brought where time is simulated, and only there', () => {
    expect(memory().clock).toBeUndefined();
    const broker = memory({ clock: 'virtual' });
    expect(broker.clock).toBe(broker.server.virtualClock);
  });

  test('without a clock of its own the server lives in that of its process', async () => {
    const { clock } = memory({ clock: 'virtual' });
    const process = createProcess(memory());
    let handled = 0;
    await process.broker.connect({ ...process.runtime, ...(clock && { clock }) }, { signal: never });
    await process.subscribe(() => {
      handled += 1;
      return handled === 1 ? retryAfter(0) : ack;
    });
    await process.send('m1');
    await turns();
    expect(handled).toBe(1);
    await process.broker.close({ signal: now });
  });
});
