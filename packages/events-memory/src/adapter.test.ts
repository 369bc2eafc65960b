import { ConfigurationError } from '@payments/events-core';
import { describe, expect, test } from 'vitest';
import { adapterFromConfiguration, memory } from './adapter.ts';
import { memoryServer } from './server/server.ts';
import {
  ack,
  createDesk,
  createProcess,
  ledger,
  never,
  now,
  retryAfter,
  startProcess,
  turns,
} from './testing/process.ts';

async function started(options: Parameters<typeof memory>[0] = { clock: 'virtual' }) {
  const process = createProcess(memory(options));
  await process.broker.connect(process.runtime, { signal: never });
  return process;
}

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

  test('the configuration file says how much it holds and whether it keeps history', async () => {
    const broker = adapterFromConfiguration({ broker_type: 'memory', capacity: 7, history: false });
    expect(broker.server.settings).toMatchObject({ capacity: 7, history: 0, clock: 'system' });
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

describe('idle', () => {
  test('waits for handlers that take real time, not for retries', async () => {
    const process = await started();
    let done = 0;
    await process.subscribe(async ({ state }) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      done += 1;
      return state['again'] === undefined ? retryAfter(1_000, { again: 'yes' }) : ack;
    });
    for (const id of ['m1', 'm2', 'm3']) await process.send(id);
    await process.broker.idle();
    expect(done).toBe(3);
    expect(await process.broker.backlog('ledger')).toMatchObject({ retrying: 3 });
    await process.broker.advance(1_000);
    await process.broker.idle();
    expect(done).toBe(6);
  });

  test('waits for what handlers publish, in every process of the server', async () => {
    const server = memoryServer({ clock: 'virtual' });
    const [one, two] = [await startProcess(server), await startProcess(server)];
    const handled: string[] = [];
    for (const [process, other] of [
      [one, two],
      [two, one],
    ] as const) {
      await process.subscribe(async ({ message }) => {
        handled.push(message.id ?? '');
        if (handled.length < 20) await other.send(`m${handled.length}`);
        return ack;
      });
    }
    await one.send('m0');
    await one.broker.idle();
    expect(handled).toHaveLength(20);
  });

  test('when it takes too long it says what is open', async () => {
    const process = await started();
    const desk = createDesk();
    await process.subscribe(desk.handle);
    await process.send('m1');
    const idling = process.broker.idle({ timeoutMs: 30 });
    await expect(idling).rejects.toThrow(
      /30 ms: 1 handlers or publishes are running; group "ledger" has 1 in flight, the first is payment.transaction.succeeded m1/,
    );
  });

  test('does not wait for a process that has closed or died', async () => {
    const server = memoryServer({ clock: 'virtual' });
    const [closed, killed, watcher] = [
      await startProcess(server),
      await startProcess(server),
      await startProcess(server),
    ];
    for (const [process, group] of [
      [closed, 'a'],
      [killed, 'b'],
    ] as const)
      await process.subscribe(createDesk().handle, { group });
    await watcher.send('m1');
    await turns();
    expect([closed.runtime.busy(), killed.runtime.busy()]).toEqual([1, 1]);
    await closed.broker.close({ signal: now });
    server.faults.killAdapter(killed.broker);
    await watcher.broker.idle({ timeoutMs: 1_000 });
  });

  test('has nothing to wait for where nobody can take what is there', async () => {
    const process = await started();
    await process.broker.declareGroup(ledger);
    await process.send('m1');
    await process.broker.idle();
  });
});

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

describe('backlog', () => {
  test('is exact in every place', async () => {
    const process = await started();
    const desk = createDesk();
    await process.subscribe(desk.handle, { maxInFlight: 4 });
    for (let index = 1; index <= 10; index += 1) await process.send(`m${index}`);
    await turns();
    desk.answer('m1', ack);
    desk.answer('m2', retryAfter(1_000));
    desk.answer('m3', { kind: 'deadLetter', reason: 'x', state: {} });
    await turns();
    expect(await process.broker.backlog('ledger')).toEqual({
      waiting: 3,
      inFlight: 4,
      retrying: 1,
      dead: 1,
      exact: true,
    });
  });

  test('is an error with the broker away, or for a group that does not exist', async () => {
    const process = await started();
    await expect(process.broker.backlog('nobody')).rejects.toThrow(ConfigurationError);
    await process.broker.declareGroup(ledger);
    process.broker.server.faults.stop();
    await expect(process.broker.backlog('ledger')).rejects.toMatchObject({ code: 'EVENTS_BROKER_UNAVAILABLE' });
  });
});

describe('close', () => {
  test('before connecting, and again, and in the middle of stopping', async () => {
    const untouched = memory();
    await untouched.close({ signal: never });
    await untouched.close({ signal: never });

    const process = await started();
    const desk = createDesk();
    const subscription = await process.subscribe(desk.handle);
    await process.send('m1');
    await turns();
    const closing = [
      process.broker.close({ signal: never }),
      process.broker.close({ signal: never }),
      subscription.stop({ signal: never }),
    ];
    await turns();
    expect(process.broker.server.inspect().sessions).toHaveLength(1);
    desk.answerAll(ack);
    await Promise.all(closing);
    expect(process.broker.server.inspect()).toMatchObject({ sessions: [], held: [] });
  });

  test('a later call can be in more of a hurry', async () => {
    const process = await started();
    await process.subscribe(createDesk().handle);
    await process.send('m1');
    await turns();
    const patient = process.broker.close({ signal: never });
    await process.broker.close({ signal: now });
    await patient;
    expect(process.broker.server.inspect().groups[0]?.ready).toEqual(['m1']);
  });

  test('everything afterwards is a ClosedError', async () => {
    const process = await started();
    const { broker } = process;
    const letters = broker.deadLetters('ledger');
    await broker.close({ signal: never });
    const closed = { code: 'EVENTS_CLOSED' };
    await expect(process.send('m1')).rejects.toMatchObject(closed);
    await expect(process.subscribe(() => ack)).rejects.toMatchObject(closed);
    await expect(broker.declareGroup(ledger)).rejects.toMatchObject(closed);
    await expect(broker.backlog('ledger')).rejects.toMatchObject(closed);
    await expect(broker.connect(process.runtime, { signal: never })).rejects.toMatchObject(closed);
    await expect(letters.sweep(async () => ({ action: 'keep' }), { signal: never })).rejects.toMatchObject(closed);
    expect(() => broker.deadLetters('ledger')).toThrow(expect.objectContaining(closed));
  });

  test('while subscribing, it ends both', async () => {
    const process = await started();
    process.broker.server.faults.stop();
    const subscribing = process.subscribe(() => ack);
    await turns();
    await process.broker.close({ signal: never });
    await expect(subscribing).rejects.toMatchObject({ code: 'EVENTS_CLOSED' });
  });
});
