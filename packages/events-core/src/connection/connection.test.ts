import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ClosedError } from '../errors/closed-error.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { openConnection } from './connection.ts';
import { fakeAdapter, silentLogger } from './fake-adapter.test-support.ts';
import { never, away, setUp, borrow } from './connection.test-support.ts';

describe('a connection', () => {
  it('connects at first use, once for all', async () => {
    const { adapter, connection } = setUp();
    expect(adapter.calls).toEqual([]);
    await Promise.all([connection.ready(never), connection.ready(never)]);
    await connection.ready(never);
    expect(adapter.calls).toEqual(['connect']);
  });

  it('tells each caller when connecting was refused, and tries again for the next', async () => {
    const { adapter, connection } = setUp({ connect: () => Promise.reject(away()) });
    const both = await Promise.allSettled([connection.ready(never), connection.ready(never)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    delete adapter.answers.connect;
    await connection.ready(never);
    expect(adapter.calls).toEqual(['connect', 'connect']);
  });

  it('is waited for by each caller only until its own signal aborts, and goes on connecting for the others', async () => {
    const connected = Promise.withResolvers<void>();
    const { connection } = setUp({ connect: () => connected.promise });
    const impatient = new AbortController();
    const gaveUp = connection.ready(impatient.signal);
    const patient = connection.ready(never);
    impatient.abort(new Error('enough'));
    await expect(gaveUp).rejects.toThrow('enough');
    connected.resolve();
    await patient;
  });

  it('lends the adapter’s own clock to everything where it has one', () => {
    const { adapter, connection } = setUp();
    expect(connection.runtime.clock).toBe(adapter.clock);
  });

  it('lends the caller’s ports', () => {
    const { clock, ...adapter } = fakeAdapter();
    const random = () => 0.25;
    const { runtime } = openConnection(adapter, { clock, random, logger: silentLogger }, { closedBy: 'owner' });
    expect(runtime).toMatchObject({ clock, random });
  });

  it('counts work in progress for the adapter', () => {
    const { connection } = setUp();
    connection.working(1);
    connection.working(1);
    connection.working(-1);
    expect(connection.runtime.busy()).toBe(1);
  });

  it('lets a group be consumed once in a process, and again after it was released', () => {
    const { connection } = setUp();
    connection.claimGroup('ledger');
    connection.claimGroup('mails');
    expect(() => connection.claimGroup('ledger')).toThrow(ConfigurationError);
    expect(() => connection.claimGroup('ledger')).toThrow('consumes group "ledger" already');
    connection.releaseGroup('ledger');
    connection.claimGroup('ledger');
  });

  it('logs what the adapter notices, without secrets', () => {
    const lines: string[] = [];
    const details: object[] = [];
    const line = (level: string) => (detail: object, message: string) => {
      details.push(detail);
      lines.push(`${level}: ${message}`);
    };
    const { connection } = setUp({}, 'owner', { info: line('info'), warn: line('warn'), error: line('error') });
    connection.runtime.notify({ kind: 'connection', state: 'lost' });
    const error = new Error('write to amqp://app:hunter2@rabbit failed');
    connection.runtime.notify({ kind: 'settlement-delayed', group: 'ledger', settlement: 'ack', error });
    connection.runtime.notify({ kind: 'loss-suspected', message: 'nats://app:hunter2@nats: a topic was shortened' });
    connection.runtime.notify({ kind: 'connection', state: 'found' });
    expect(lines).toEqual([
      'warn: fake: connection lost',
      'warn: fake: a settlement waits to be applied',
      'error: fake: nats://***@nats: a topic was shortened',
      'warn: fake: connection found',
    ]);
    expect(inspect(details, { depth: null, showHidden: true })).not.toContain('hunter2');
    expect(details[1]).toMatchObject({ err: { name: 'Error', text: 'write to amqp://***@rabbit failed' } });
  });

  it('survives a logger that throws: nothing that is said may cost an event', () => {
    const broken = () => {
      throw new TypeError('Converting circular structure to JSON');
    };
    const { connection } = setUp({}, 'owner', { info: broken, warn: broken, error: broken });
    const { logger } = connection.runtime;
    for (const level of ['info', 'warn', 'error'] as const) logger[level]({}, 'said');
    connection.runtime.notify({ kind: 'connection', state: 'lost' });
  });
});

describe('closing a connection', () => {
  it('closes consumers first, because their handlers may still publish, and the adapter last', async () => {
    const { adapter, connection } = setUp();
    for (const kind of ['publisher', 'operator', 'consumer'] as const) borrow(connection, adapter, kind);
    await connection.close(1_000);
    expect(adapter.calls).toEqual(['close consumer', 'close operator', 'close publisher', 'close']);
  });

  it('happens once, however often it is asked for', async () => {
    const { adapter, connection } = setUp();
    await Promise.all([connection.close(1_000), connection.close(1_000), connection.close(1_000)]);
    expect(adapter.calls).toEqual(['close']);
  });

  it('closes the adapter even if a borrower cannot be closed, and says so without secrets', async () => {
    const errors: unknown[] = [];
    const logger = {
      ...silentLogger,
      error: (details: object, message: string) => void errors.push([details, message]),
    };
    const { adapter, connection } = setUp({}, 'owner', logger);
    connection.borrow({
      kind: 'consumer',
      close: () => Promise.reject(new Error('stuck at amqp://me:hunter2@broker')),
    });
    await connection.close(1_000);
    expect(adapter.calls).toEqual(['close']);
    const err = { name: 'Error', text: 'stuck at amqp://***@broker' };
    expect(errors).toEqual([[{ system: 'fake', err }, 'fake: a consumer could not be closed cleanly']]);
  });

  it('waits for an adapter that ignores its signal one second longer, and then says so', async () => {
    const errors: string[] = [];
    const logger = { ...silentLogger, error: (_: object, message: string) => void errors.push(message) };
    const { adapter, connection } = setUp({ close: () => new Promise(() => {}) }, 'owner', logger);
    let closed = false;
    void connection.close(500).then(() => (closed = true));
    await adapter.clock.advance(1_499);
    expect(closed).toBe(false);
    await adapter.clock.advance(1);
    expect(closed).toBe(true);
    expect(errors).toEqual(['fake: did not close within 1500 ms; what it still holds ends with the process']);
    expect(adapter.clock.timers()).toBe(0);
  });

  it('rejects with what the adapter’s close rejects with', async () => {
    const { connection } = setUp({ close: () => Promise.reject(new Error('half closed')) });
    await expect(connection.close(500)).rejects.toThrow('half closed');
  });

  it('ends what is still connecting, and refuses everything afterwards', async () => {
    const { adapter, connection } = setUp({
      connect: (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    const waiting = connection.ready(never).catch((error: unknown) => error);
    const closing = connection.close(1_000);
    expect(ClosedError.isInstance(await waiting)).toBe(true);
    await closing;
    await expect(connection.ready(never)).rejects.toThrow(ClosedError);
    expect(() => borrow(connection, adapter, 'publisher')).toThrow(ClosedError);
    expect(adapter.calls).toEqual(['connect', 'close']);
  });

  it('leaves no timer behind', async () => {
    const { adapter, connection } = setUp();
    await connection.close(1_000);
    expect(adapter.clock.timers()).toBe(0);
  });
});
