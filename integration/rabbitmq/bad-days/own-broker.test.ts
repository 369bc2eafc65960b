/** Days on which the broker itself is not well. They need one that nobody else uses. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createConsumer,
  ConfigurationError,
  createPublisher,
  EventsError,
  type Broker,
  type Consumer,
  type Settlement,
} from '@payments/events-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ownRabbitmqServer, type OwnRabbitmqServer } from '../../brokers/rabbitmq-server.ts';
import { rabbitmqTlsPort } from '../../brokers/kinds.ts';
import { listenWithTls } from '../lab/certificates.ts';
import { openManagement } from '../lab/management.ts';
import { within } from '../support/deadlines.ts';
import { createDesk } from '../support/desk.ts';
import { queueOf, spec } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { openPlace } from '../support/place.ts';
import { expectNoSecret, failureOf } from '../../bad-days/bad-day.ts';
import { connect } from './bad-day.ts';

const type = 'payment.transaction.succeeded';
const payment = { payment_id: 'pay_1', amount: 4999, currency: 'EUR' };

let server: OwnRabbitmqServer;
beforeAll(async () => {
  server = await ownRabbitmqServer({ ports: [rabbitmqTlsPort] });
}, 180_000);
afterAll(() => server.container.remove());

/** @param gate what a handler waits for */
function handledBy(
  broker: Broker,
  gate: Promise<void> = Promise.resolve(),
): { readonly consumer: Consumer; readonly ids: Set<string> } {
  const ids = new Set<string>();
  const consumer = createConsumer({ broker, group: 'ledger' });
  consumer.on(type, async ({ id }) => {
    await gate;
    ids.add(id);
  });
  return { consumer, ids };
}

const control = (...command: readonly string[]) =>
  server.container.exec(['rabbitmqctl', '--node', 'rabbit@localhost', ...command]);

describe('a broker that is not well', { timeout: 180_000 }, () => {
  test.each([
    ['memory', ['set_vm_memory_high_watermark', 'absolute', '1MB'], ['set_vm_memory_high_watermark', '0.6']],
    ['disk', ['set_disk_free_limit', '900000GB'], ['set_disk_free_limit', '50MB']],
  ])('out of %s, it stores nothing: publishes end in time, handlers go on, and all recovers', async (what, on, off) => {
    await using broker = await connect({ url: server.url });
    const publisher = createPublisher({ broker, source: '/tests', publishTimeoutMs: 3_000 });
    const gate = Promise.withResolvers<void>();
    const { consumer, ids } = handledBy(broker, gate.promise);
    await consumer.start();
    await publisher.publish(type, payment, { id: `before-${on[0]}` });
    await vi.waitFor(() => expect(consumer.stats().running).toBe(1), 10_000);
    await control(...on);
    try {
      const { error, tookMs } = await failureOf(() => publisher.publish(type, payment, { id: `during-${on[0]}` }));
      expect(EventsError.isInstance(error) && error.retryable).toBe(true);
      expect(error).toMatchObject({ code: expect.stringMatching(/^EVENTS_PUBLISH_(OUTCOME_UNKNOWN|REJECTED)$/) });
      expectNoSecret(error, 'guest:guest');
      expect(tookMs).toBeLessThan(4_000);
      const { status, problems } = await broker.health();
      expect(status).not.toBe('up');
      // In the broker's own words: low on memory, low on disk.
      expect(problems.map(({ message }) => message).join()).toContain(`low on ${what}`);
      // Acknowledgements travel on a connection of their own.
      gate.resolve();
      const nothing = { waiting: 0, inFlight: 0, retrying: 0, dead: 0 };
      await vi.waitFor(async () => expect(await broker.backlog('ledger')).toMatchObject(nothing), 5_000);
    } finally {
      await control(...off);
    }
    await vi.waitFor(async () => expect(await broker.health()).toMatchObject({ status: 'up' }), 20_000);
    await publisher.publish(type, payment, { id: `during-${on[0]}` });
    await publisher.publish(type, payment, { id: `after-${on[0]}` });
    const all = ['before', 'during', 'after'].map((when) => `${when}-${on[0]}`);
    await vi.waitFor(() => expect([...ids]).toEqual(expect.arrayContaining(all)), 20_000);
  });

  test('lets copies wait while acknowledgements go on, and stores them after relief', async () => {
    const place = await openPlace({ server });
    const member = await place.connected();
    const work = queueOf('g');
    const desk = createDesk();
    const subscription = await member.subscribe(spec(), desk.deliver);
    await place.client.publish(['done', 'retried', 'dead']);
    await eventually('out', () => desk.open.size === 3);
    const named = (id: string) => desk.all.find((one) => one.id === id)!;
    await control('set_vm_memory_high_watermark', 'absolute', '1MB');
    onTestFinished(async () => void (await control('set_vm_memory_high_watermark', '0.6')));
    // What makes the broker notice: it blocks a connection when that publishes.
    named('retried').settle({ kind: 'retry', delayMs: 50, state: { tries: '1' } });
    named('dead').settle({ kind: 'deadLetter', reason: 'hopeless', state: {} });
    named('done').settle();
    const unacknowledged = async () => {
      const list = await control('list_queues', '-p', place.host.name, 'name', 'messages_unacknowledged');
      return Number(new RegExp(`^${work}\\t(\\d+)$`, 'm').exec(list)?.[1]);
    };
    await eventually('the acknowledgement', async () => (await unacknowledged()) === 2, 20_000);
    await eventually('the notice', () => place.notices.some(({ kind }) => kind === 'settlement-delayed'));
    expect(desk.all).toHaveLength(3);
    await control('set_vm_memory_high_watermark', '0.6');
    const again = await eventually('the retry', () => desk.all[3], 20_000);
    expect([again.id, again.delivery.state]).toEqual(['retried', { tries: '1' }]);
    again.settle();
    await eventually('the letter', async () => (await place.client.ready(`${work}.dead-letters`)) === 1);
    await subscription.stop(within(5_000));
    expect(await place.client.ready(work)).toBe(0);
  });

  test('what is held longer than x-consumer-timeout allows comes back with all of its channel, and in order', async () => {
    const place = await openPlace({ server });
    // A limit like the one of our own, only shorter: of the two the broker takes the smaller. It looks once a minute.
    await place.host.limit(queueOf('g'), { 'consumer-timeout': 1_000 });
    await control('eval', 'application:set_env(rabbit, channel_tick_interval, 200).');
    onTestFinished(
      async () => void (await control('eval', 'application:set_env(rabbit, channel_tick_interval, 60000).')),
    );
    const member = await place.connected();
    const handled: string[] = [];
    const charged = new Map<string, number>();
    let lane: Promise<unknown> = Promise.resolve();
    const subscription = await member.subscribe(
      spec({ ordering: 'key', maxInFlight: 20 }),
      ({ message, ...delivery }) => {
        const id = message.id ?? '';
        charged.set(id, delivery.unsettled);
        const result = lane.then(async (): Promise<Settlement> => {
          if (id === '3' && delivery.unsettled === 0) await eventually('taken back', () => delivery.signal.aborted);
          if (delivery.signal.aborted) return { kind: 'release' };
          handled.push(id);
          return { kind: 'ack' };
        });
        lane = result;
        return result;
      },
    );
    const ids = Array.from({ length: 30 }, (_, index) => `${index}`);
    await place.client.publish(ids);
    await eventually('all', () => handled.length >= ids.length, 20_000);
    expect(handled).toEqual(ids);
    expect(charged.get('3')).toBe(1);
    await subscription.stop(within(5_000));
    expect(await place.client.ready(queueOf('g'))).toBe(0);
  });

  test('TLS with an authority that is not trusted is refused at once, and the password never leaves', async () => {
    const authorities = await listenWithTls(openManagement(server));
    onTestFinished(() => authorities.remove());
    const port = server.container.hostPort(rabbitmqTlsPort);
    const url = `amqps://me:hunter2@localhost:${port}/`;
    for (const tls of [{}, { ca_file: authorities.untrusted }]) {
      const { error, tookMs } = await failureOf(() => connect({ url, tls }));
      expect(ConfigurationError.isInstance(error)).toBe(true);
      expect(String(error)).toMatch(/certificate|authorit/);
      expect(String(error)).toMatch(/tls/);
      expectNoSecret(error, 'hunter2');
      expect(tookMs).toBeLessThan(5_000);
    }
    const trusted = { ca_file: authorities.trusted };
    await using broker = await connect({ url: url.replace('me:hunter2', 'guest:guest'), tls: trusted });
    expect((await broker.health()).status).toBe('up');
  });

  test('an application that starts 20 s before its broker waits for it, and works', async () => {
    await server.container.stop();
    const startedAt = performance.now();
    const connecting = connect({ url: server.url }, { connectTimeoutMs: 120_000 });
    await sleep(20_000);
    await server.container.start();
    const speaksAt = performance.now();
    await using broker = await connecting;
    const connectedAt = performance.now();
    const { consumer, ids } = handledBy(broker);
    await consumer.start();
    await createPublisher({ broker, source: '/tests' }).publish(type, payment, { id: 'at-last' });
    await vi.waitFor(() => expect(ids).toContain('at-last'), 20_000);
    expect(connectedAt - startedAt).toBeGreaterThan(20_000);
    // Reconnecting pauses 5 s at most, and a handshake is bounded too.
    expect(connectedAt - speaksAt).toBeLessThan(10_000);
  });
});
