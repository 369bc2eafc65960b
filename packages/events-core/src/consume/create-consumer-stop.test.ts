import { describe, expect, it } from 'vitest';
import type { Broker } from '../connection/broker.ts';
import { openConnection, own } from '../connection/connection.ts';
import { fakeAdapter, type FakeAnswers } from '../connection/fake-adapter.test-support.ts';
import { ClosedError } from '../errors/closed-error.ts';
import { settled } from '../ports/test-clock.test-support.ts';
import { createConsumer } from './create-consumer.ts';
import { deliveryOf } from './delivery.test-support.ts';
import type { HandlerContext } from './handler.ts';
import { shopEvents } from '../events/shop-events.test-support.ts';

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

function setUp(answers: FakeAnswers = {}, handler: (event: unknown, context: HandlerContext) => unknown = () => {}) {
  const adapter = fakeAdapter(answers);
  const log: string[] = [];
  const line = (_: object, message: string) => void log.push(message);
  const connection = openConnection(
    adapter,
    { logger: { info() {}, warn: line, error: line } },
    { closedBy: 'owner', defaultGroup: 'ledger' },
  );
  const broker = { adapter, defaultGroup: 'ledger', startFrom: 'earliest' } as unknown as Broker;
  own(broker, connection);
  const newConsumer = () => createConsumer({ broker, events: shopEvents }).on('#', handler);
  return { adapter, connection, log, consumer: newConsumer(), newConsumer };
}

describe('a consumer that is stopped', () => {
  it('lets its handlers finish, and has acknowledged what they did', async () => {
    const done = Promise.withResolvers<void>();
    const { adapter, consumer } = setUp({}, () => done.promise);
    await consumer.start();
    const settlement = adapter.deliver(deliveryOf());
    await settled();
    let stopped = false;
    const stopping = consumer.stop().then((report) => {
      stopped = true;
      return report;
    });
    await settled();
    expect(stopped).toBe(false);
    done.resolve();
    expect(await stopping).toEqual({ unfinished: [] });
    expect(await settlement).toEqual({ kind: 'ack' });
    await consumer.ended;
    expect(adapter.clock.timers()).toBe(0);
  });

  it('names what is unfinished at the drain deadline, fires its signal, gives it back and leaves', async () => {
    let signal: AbortSignal | undefined;
    const { adapter, consumer, log } = setUp({}, (_, context) => new Promise(() => (signal = context.signal)));
    await consumer.start();
    const settlement = adapter.deliver(deliveryOf());
    const stopping = consumer.stop({ drainTimeoutMs: 1_000 });
    await adapter.clock.advance(999);
    expect(signal?.aborted).toBe(false);
    await adapter.clock.advance(1);
    expect(ClosedError.isInstance(signal?.reason)).toBe(true);
    expect(await settlement).toEqual({ kind: 'release' });
    expect(await stopping).toEqual({ unfinished: [{ id: 'e1', type: 'shop.order.placed' }] });
    expect(log).toEqual(['group ledger was stopped with 1 events unfinished; they are delivered again']);
    expect(adapter.clock.timers()).toBe(0);
  });

  it('is stopped once, however often it is asked to, and never starts again', async () => {
    const { adapter, consumer } = setUp();
    await consumer.start();
    const reports = await Promise.all([consumer.stop(), consumer.stop(), consumer.stop()]);
    expect(new Set(reports).size).toBe(1);
    await expect(consumer.start()).rejects.toThrow(ClosedError);
    expect(adapter.calls).toEqual(['connect', 'subscribe ledger', 'stop ledger']);
  });

  it('before it was started has nothing to do, and never starts', async () => {
    const { adapter, consumer } = setUp();
    expect(await consumer.stop()).toEqual({ unfinished: [] });
    await consumer.ended;
    await expect(consumer.start()).rejects.toThrow('was stopped: create a new one');
    expect(adapter.calls).toEqual([]);
  });

  it('while it connects gives up, and its group is free', async () => {
    const { adapter, consumer, newConsumer } = setUp({ connect: untilAborted });
    const starting = consumer.start().catch((error: unknown) => error);
    await settled();
    expect(await consumer.stop()).toEqual({ unfinished: [] });
    expect(ClosedError.isInstance(await starting)).toBe(true);
    delete adapter.answers.connect;
    const other = newConsumer();
    void other.start().catch(() => {});
    await settled();
    expect(adapter.calls).toEqual(['connect']);
    await other.stop();
  });

  it('while it subscribes leaves as soon as the subscription is there', async () => {
    const subscribed = Promise.withResolvers<void>();
    const { adapter, consumer } = setUp({ subscribe: () => subscribed.promise });
    const starting = consumer.start();
    await settled();
    const stopping = consumer.stop();
    subscribed.resolve();
    await starting;
    await stopping;
    expect(adapter.calls).toEqual(['connect', 'subscribe ledger', 'stop ledger']);
  });

  it('does not wait for ever for a subscription that does not come, and ends it if it still does', async () => {
    const subscribed = Promise.withResolvers<void>();
    const { adapter, consumer } = setUp({ subscribe: () => subscribed.promise });
    void consumer.start();
    await settled();
    let stopped = false;
    void consumer.stop({ drainTimeoutMs: 1_000 }).then(() => (stopped = true));
    await adapter.clock.advance(1_500);
    expect(stopped).toBe(true);
    expect(adapter.calls).not.toContain('stop ledger');
    subscribed.resolve();
    await settled();
    expect(adapter.calls).toContain('stop ledger');
  });

  it('says so, and has ended, when the adapter cannot leave', async () => {
    const { adapter, consumer, newConsumer } = setUp({ stop: () => Promise.reject(new Error('no answer')) });
    await consumer.start();
    await expect(consumer.stop()).rejects.toThrow('no answer');
    await expect(consumer.ended).rejects.toThrow('no answer');
    delete adapter.answers.stop;
    await newConsumer().start();
  });

  it('leaves an adapter behind that does not obey', async () => {
    const { adapter, consumer } = setUp({ stop: () => new Promise(() => {}) });
    await consumer.start();
    const stopping = consumer.stop({ drainTimeoutMs: 1_000 });
    await adapter.clock.advance(1_500);
    expect(await stopping).toEqual({ unfinished: [] });
  });

  it('can be hastened by a second stop, and not slowed down', async () => {
    const { adapter, consumer } = setUp({}, () => new Promise(() => {}));
    await consumer.start();
    void adapter.deliver(deliveryOf());
    await settled();
    const stopping = consumer.stop();
    void consumer.stop({ drainTimeoutMs: 200 });
    void consumer.stop({ drainTimeoutMs: 60_000 });
    await adapter.clock.advance(1_000);
    expect((await stopping).unfinished).toHaveLength(1);
  });

  it('is stopped by leaving its block', async () => {
    const { adapter, newConsumer } = setUp();
    {
      await using consumer = newConsumer();
      await consumer.start();
    }
    expect(adapter.calls.at(-1)).toBe('stop ledger');
  });

  it('is stopped by closing its broker', async () => {
    const { adapter, connection, consumer } = setUp();
    await consumer.start();
    await connection.close(1_000);
    expect(adapter.calls).toEqual(['connect', 'subscribe ledger', 'stop ledger', 'close']);
    await consumer.ended;
  });
});

describe('a consumer that cannot go on', () => {
  it('says so by `ended` and in the log, and kills nothing when nobody listens', async () => {
    const { adapter, consumer, log } = setUp();
    await consumer.start();
    adapter.breakDown(new Error('credentials revoked'));
    await settled();
    expect(log).toEqual(['group ledger has stopped consuming: credentials revoked']);
    await expect(consumer.ended).rejects.toThrow('credentials revoked');
  });

  it('says so as well when the subscription has ended by itself, without a reason', async () => {
    const { adapter, consumer, log } = setUp();
    await consumer.start();
    adapter.breakDown();
    await expect(consumer.ended).rejects.toThrow('has ended by itself');
    expect(log).toHaveLength(1);
  });

  it('can still be stopped, and frees its group', async () => {
    const { adapter, consumer, newConsumer } = setUp();
    await consumer.start();
    adapter.breakDown(new Error('credentials revoked'));
    await settled();
    expect(await consumer.stop()).toEqual({ unfinished: [] });
    await newConsumer().start();
  });

  it('says nothing of what breaks while it stops', async () => {
    const { adapter, consumer, log } = setUp({ stop: () => settled() });
    await consumer.start();
    const stopping = consumer.stop();
    adapter.breakDown(new Error('connection closed'));
    await stopping;
    await consumer.ended;
    expect(log).toEqual([]);
  });
});

describe('a consumer on a bare adapter', () => {
  it('connects it at first use, and the last to leave closes it', async () => {
    const adapter = fakeAdapter();
    const consumers = ['one', 'two'].map((group) =>
      createConsumer({ broker: adapter, group, events: shopEvents }).on('#', () => {}),
    );
    expect(adapter.calls).toEqual([]);
    for (const consumer of consumers) await consumer.start();
    await consumers[0]?.stop();
    expect(adapter.calls).not.toContain('close');
    await consumers[1]?.stop();
    expect(adapter.calls).toEqual(['connect', 'subscribe one', 'subscribe two', 'stop one', 'stop two', 'close']);
  });
});
