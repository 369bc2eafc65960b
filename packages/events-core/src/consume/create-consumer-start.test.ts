import { describe, expect, it } from 'vitest';
import type { Broker } from '../connection/broker.ts';
import { openConnection, own } from '../connection/connection.ts';
import { fakeAdapter, silentLogger, type FakeAnswers } from '../connection/fake-adapter.test-support.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { UnsupportedCapabilityError } from '../errors/unsupported-capability-error.ts';
import type { ConsumerOptions } from './consumer-options.ts';
import { createConsumer } from './create-consumer.ts';
import { memoryInbox } from './memory-inbox.ts';
import { deliveryOf } from './delivery.test-support.ts';
import { shopEvents } from '../events/shop-events.test-support.ts';

type ShopOptions = Partial<ConsumerOptions<typeof shopEvents>>;

/** A broker that stays open, as `connectBroker` makes it, without what else that does. */
function brokerOn(answers: FakeAnswers = {}, startFrom: 'earliest' | 'latest' = 'earliest') {
  const adapter = fakeAdapter(answers);
  const broker = { adapter, defaultGroup: 'billing', startFrom } as unknown as Broker;
  own(
    broker,
    openConnection(adapter, { logger: silentLogger }, { closedBy: 'owner', defaultGroup: 'billing', startFrom }),
  );
  const consumerOf = (options: ShopOptions = {}) => createConsumer({ broker, events: shopEvents, ...options });
  return { adapter, broker, consumerOf };
}

describe('a consumer that starts', () => {
  it('connects, subscribes its group, and is started only then', async () => {
    const { adapter, consumerOf } = brokerOn();
    await consumerOf({ group: 'ledger' })
      .on('#', () => {})
      .start();
    expect(adapter.calls).toEqual(['connect', 'subscribe ledger']);
  });

  it('tells the adapter what it needs to know', async () => {
    const { adapter, consumerOf } = brokerOn();
    const retry = { maxAttempts: 4, initialDelayMs: 10, factor: 2 };
    await consumerOf({ concurrency: 2, handlerTimeoutMs: 5_000, retry })
      .on('shop.order.*', () => {})
      .on('payment.invoice.paid', () => {})
      .on('shop.order.*', () => {})
      .start();
    expect(adapter.spec).toEqual({
      group: 'billing',
      patterns: ['shop.order.*', 'payment.invoice.paid'],
      types: ['payment.invoice.paid', 'shop.order.placed', 'shop.order.canceled'],
      ordering: 'none',
      retryDelaysMs: [10, 20, 40],
      startFrom: 'earliest',
      maxInFlight: 2,
      handlerTimeoutMs: 5_000,
    });
  });

  it('asks for a step of its own where an inbox may find an event busy', async () => {
    const { adapter, consumerOf } = brokerOn();
    await consumerOf({ inbox: memoryInbox(), retry: { maxAttempts: 3, initialDelayMs: 400, factor: 5 } })
      .on('#', () => {})
      .start();
    expect(adapter.spec?.retryDelaysMs).toEqual([400, 1_000, 2_000]);
  });

  it('asks for no retry steps with ordering by key, and holds more', async () => {
    const { adapter, consumerOf } = brokerOn();
    await consumerOf({ ordering: 'key', concurrency: 2 })
      .on('#', () => {})
      .start();
    expect(adapter.spec).toMatchObject({ ordering: 'key', retryDelaysMs: [], maxInFlight: 64 });
  });

  it('begins where the configuration says, unless it says otherwise itself', async () => {
    const { adapter, consumerOf } = brokerOn({}, 'latest');
    await consumerOf()
      .on('#', () => {})
      .start();
    expect(adapter.spec?.startFrom).toBe('latest');
    await consumerOf({ group: 'other', startFrom: 'earliest' })
      .on('#', () => {})
      .start();
    expect(adapter.spec?.startFrom).toBe('earliest');
  });

  it('hands events to its handlers through its middleware, and says what it did', async () => {
    const { adapter, consumerOf } = brokerOn();
    const seen: string[] = [];
    const consumer = consumerOf()
      .use(async (event, _context, next) => {
        seen.push(`before ${event.id}`);
        await next();
      })
      .on('shop.order.placed', (event) => void seen.push(`${event.data.order} of ${event.id}`));
    await consumer.start();
    expect(await adapter.deliver(deliveryOf())).toEqual({ kind: 'ack' });
    expect(seen).toEqual(['before e1', 'o1 of e1']);
    expect(consumer.stats()).toEqual({
      handled: 1,
      retried: 0,
      deadLettered: 0,
      unmatched: 0,
      deduplicated: 0,
      running: 0,
    });
  });

  it('starts once, however often it is asked to', async () => {
    const { adapter, consumerOf } = brokerOn();
    const consumer = consumerOf().on('#', () => {});
    await Promise.all([consumer.start(), consumer.start()]);
    await consumer.start();
    expect(adapter.calls).toEqual(['connect', 'subscribe billing']);
  });

  it('takes no more handlers and middleware', async () => {
    const consumer = brokerOn()
      .consumerOf()
      .on('#', () => {});
    const started = consumer.start();
    expect(() => consumer.on('#', () => {})).toThrow('consumer.on() comes too late: call it before start().');
    expect(() => consumer.use(async () => {})).toThrow('consumer.use() comes too late');
    await started;
  });
});

describe('a consumer cannot start', () => {
  it('without a handler, or with a pattern that matches nothing', async () => {
    const { adapter, consumerOf } = brokerOn();
    await expect(consumerOf().start()).rejects.toThrow('The consumer has no handlers');
    const mistaken = consumerOf().on('shop.order.place' as '#', () => {});
    await expect(mistaken.start()).rejects.toThrow('Did you mean "shop.order.placed"?');
    expect(adapter.calls).toEqual([]);
  });

  it('on a group that this process consumes already, which goes on', async () => {
    const { consumerOf } = brokerOn();
    const first = consumerOf().on('#', () => {});
    await first.start();
    for (let tries = 0; tries < 2; tries += 1) {
      const second = consumerOf().on('#', () => {});
      await expect(second.start()).rejects.toThrow('This process consumes group "billing" already');
      await second.stop();
    }
    await first.stop();
    await consumerOf()
      .on('#', () => {})
      .start();
  });

  it('when an event could be held longer than the broker allows, with in-place retries counted', async () => {
    const { consumerOf } = brokerOn({ capabilities: { maxHoldMs: 60_000 } });
    const retry = { maxAttempts: 3, initialDelayMs: 1_000, factor: 1 };
    const start = (options: ShopOptions) =>
      consumerOf({ retry, ...options })
        .on('#', () => {})
        .start();
    await expect(start({ handlerTimeoutMs: 60_001 })).rejects.toThrow(UnsupportedCapabilityError);
    await expect(start({ handlerTimeoutMs: 60_001 })).rejects.toMatchObject({ capability: 'maxHoldMs' });
    await expect(start({ ordering: 'key', handlerTimeoutMs: 19_334 })).rejects.toThrow(
      'An event can be held for 60002 ms (handlerTimeoutMs, retries in place), and fake takes it back after 60000 ms.',
    );
    await start({ group: 'unordered', handlerTimeoutMs: 60_000 });
    await start({ group: 'ordered', ordering: 'key', handlerTimeoutMs: 19_333 });
  });

  it.each([
    ['connecting', { connect: () => Promise.reject(new Error('no')) }],
    ['subscribing', { subscribe: () => Promise.reject(new Error('no')) }],
  ] as [string, FakeAnswers][])('when %s fails; the group is free again', async (_, answers) => {
    const { adapter, consumerOf } = brokerOn(answers);
    await expect(
      consumerOf()
        .on('#', () => {})
        .start(),
    ).rejects.toThrow('no');
    delete adapter.answers.connect;
    delete adapter.answers.subscribe;
    await consumerOf()
      .on('#', () => {})
      .start();
  });

  it('with middleware that is no function, which is refused when it is added', () => {
    const consumer = brokerOn().consumerOf();
    expect(() => consumer.use('log' as never)).toThrow(ConfigurationError);
  });
});
