import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MessagingConfig } from '../config/messaging-config.ts';
import type { BrokerAdapter } from '../contract/adapter.ts';
import { BrokerUnavailableError } from '../errors/broker-unavailable-error.ts';
import { ClosedError } from '../errors/closed-error.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { connectBroker } from './connect-broker.ts';
import { parseConfig } from '../config/parse-config.ts';
import { connectionOf } from '../connection/connection.ts';

/** An application that has @payments/events-kafka installed, which hands out what `installed` holds. */
const installed: { adapter?: BrokerAdapter } = {};
let application = '';
beforeAll(async () => {
  application = await mkdtemp(join(tmpdir(), 'payments-events-'));
  const folder = join(application, 'node_modules/@payments/events-kafka');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "type": "module", "exports": "./index.js" }');
  await writeFile(
    join(folder, 'index.js'),
    "export const adapterFromConfiguration = () => globalThis[Symbol.for('installed')].adapter;",
  );
  Reflect.set(globalThis, Symbol.for('installed'), installed);
});
afterAll(async () => {
  Reflect.deleteProperty(globalThis, Symbol.for('installed'));
  await rm(application, { recursive: true });
});

/** Connected at once and content, but for what a test says. */
function fakeAdapter(behaviour: Partial<BrokerAdapter> = {}): BrokerAdapter {
  const content = { contractVersion: 1, system: 'fake', connect: async () => {}, close: async () => {} };
  return { ...content, ...behaviour } as BrokerAdapter;
}

const never = () => new Promise<never>(() => {});
/** As an adapter does: tries until connected or aborted. */
const unreachable: BrokerAdapter['connect'] = (_runtime, { signal }) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

const kafka: MessagingConfig = {
  broker_type: 'kafka',
  url: 'kafka://me:hunter2@one:9092,two',
  topic_prefix: 'payments.',
  group_id: 'billing',
  auto_offset_reset: 'latest',
  topic_strategy: 'entity',
  partitions: 6,
  retention_ms: -1,
  sasl_mechanism: 'plain',
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('connecting', () => {
  it('resolves with a broker that publishers and consumers can borrow', async () => {
    const adapter = fakeAdapter();
    const broker = await connectBroker(adapter);
    expect(broker).toMatchObject({ adapter, defaultGroup: 'payment-service', startFrom: 'earliest' });
    expect(connectionOf(broker).adapter).toBe(adapter);
  });

  it('says so when it is given the whole configuration', async () => {
    const config = parseConfig({ messaging: { broker_type: 'memory' } });
    await expect(connectBroker(config as never)).rejects.toThrow('call connectBroker(config.messaging)');
  });

  it('takes the group and the start from the configuration', async () => {
    const adapter = (installed.adapter = fakeAdapter());
    const broker = await connectBroker(kafka, { from: application });
    expect(broker).toMatchObject({ adapter, defaultGroup: 'billing', startFrom: 'latest' });
  });

  it('checks a configuration that was written by hand', async () => {
    await expect(connectBroker({ ...kafka, partitions: 0 })).rejects.toMatchObject({ path: 'messaging.partitions' });
  });

  it('waits for a broker that comes up later', async () => {
    const up = Promise.withResolvers<void>();
    const connecting = connectBroker(fakeAdapter({ connect: () => up.promise }));
    await vi.advanceTimersByTimeAsync(29_000);
    up.resolve();
    await expect(connecting).resolves.toBeDefined();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('gives up after connectTimeoutMs, says where without credentials, and closes the adapter', async () => {
    const close = vi.fn(async () => {});
    const trying = Promise.withResolvers<void>();
    const connect: BrokerAdapter['connect'] = (...args) => {
      trying.resolve();
      return unreachable(...args);
    };
    const problems = [{ code: 'disconnected', message: 'connect ECONNREFUSED one:9092.' }];
    const health = async () => ({ status: 'down', problems }) as const;
    installed.adapter = fakeAdapter({ connect, close, health });
    const refused = connectBroker(kafka, { from: application, connectTimeoutMs: 5_000 }).catch(
      (error: unknown) => error,
    );
    await trying.promise;
    await vi.advanceTimersByTimeAsync(4_999);
    expect(close).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    const error = await refused;
    expect(BrokerUnavailableError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({
      message: expect.stringMatching(
        /^kafka at one:9092, two was not ready within 5000 ms\. connect ECONNREFUSED one:9092\. Check/,
      ),
    });
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('hunter2');
    expect(close).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('gives up when the caller does', async () => {
    const close = vi.fn(async () => {});
    const caller = new AbortController();
    const connecting = connectBroker(fakeAdapter({ connect: unreachable, close }), { signal: caller.signal });
    caller.abort(new Error('changed my mind'));
    await expect(connecting).rejects.toThrow('changed my mind');
    expect(close).toHaveBeenCalledOnce();
  });

  it('passes on why an adapter cannot connect, and closes it', async () => {
    const close = vi.fn(() => Promise.reject(new Error('close failed, too')));
    const connect = () => Promise.reject(new ConfigurationError('no such virtual host', 'messaging.url'));
    await expect(connectBroker(fakeAdapter({ connect, close }))).rejects.toThrow('no such virtual host');
    expect(close).toHaveBeenCalledOnce();
  });

  it('refuses an adapter that is in use, and one of another contract', async () => {
    const adapter = fakeAdapter();
    await connectBroker(adapter);
    await expect(connectBroker(adapter)).rejects.toThrow('in use already');
    await expect(connectBroker(fakeAdapter({ contractVersion: 2 as 1 }))).rejects.toThrow('contract version 2');
  });

  it.each([0, -1, Number.NaN, 3_600_001])('refuses connectTimeoutMs %d', async (connectTimeoutMs) => {
    await expect(connectBroker(fakeAdapter(), { connectTimeoutMs })).rejects.toMatchObject({
      path: 'connectTimeoutMs',
    });
  });
});

describe('a connected broker', () => {
  it('declares the groups it was asked for before anybody can publish', async () => {
    const declareGroup = vi.fn(async () => {});
    await connectBroker(fakeAdapter({ declareGroup }), { groups: [{ group: 'ledger', patterns: ['#'] }] });
    expect(declareGroup).toHaveBeenCalledWith(expect.objectContaining({ group: 'ledger', startFrom: 'earliest' }));
  });

  it('is not there, and its adapter closed, where a group cannot be declared', async () => {
    const close = vi.fn(async () => {});
    const groups = [{ group: 'ledger', patterns: ['payment.invoices.*'] }];
    await expect(connectBroker(fakeAdapter({ close }), { groups })).rejects.toMatchObject({ path: 'groups.patterns' });
    expect(close).toHaveBeenCalledOnce();
  });

  it('is not waited for if it goes away while groups are declared', async () => {
    const groups = [{ group: 'ledger', patterns: ['#'] }];
    const connecting = connectBroker(fakeAdapter({ declareGroup: never }), { groups });
    const refused = expect(connecting).rejects.toThrow('fake was not ready within 30000 ms');
    await vi.advanceTimersByTimeAsync(30_000);
    await refused;
  });

  it('reports health, and the backlog of the default group or another', async () => {
    const backlog = vi.fn(async () => ({ waiting: 1, inFlight: 0, retrying: 0, dead: 0, exact: true }));
    const broker = await connectBroker(fakeAdapter({ backlog, health: async () => ({ status: 'up', problems: [] }) }));
    expect(await broker.health()).toEqual({ status: 'up', problems: [] });
    expect(await broker.backlog()).toMatchObject({ waiting: 1 });
    await broker.backlog('ledger');
    expect(backlog.mock.calls).toEqual([['payment-service'], ['ledger']]);
  });
});

describe('closing', () => {
  it('closes the adapter once, however often it is asked', async () => {
    const close = vi.fn(async () => {});
    const broker = await connectBroker(fakeAdapter({ close }));
    await Promise.all([broker.close(), broker.close({ drainTimeoutMs: 1 }), broker[Symbol.asyncDispose]()]);
    expect(close).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
    const late = { kind: 'publisher' as const, close: async () => {} };
    expect(() => connectionOf(broker).borrow(late)).toThrow(ClosedError);
  });
});
