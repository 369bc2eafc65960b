import { SendError } from '@payments/events-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { memoryServer, type MemoryServer } from './server/server.ts';
import { ack, idOf, ledger, never, now, startProcess, turns, until, type Process } from './process.test-support.ts';

let server: MemoryServer;
let process: Process;

beforeEach(async () => {
  server = memoryServer({ clock: 'virtual', capacity: 100, maxMessageBytes: 1_024 });
  process = await startProcess(server);
});

const stored = () => server.inspect().stored.map(({ id }) => id);

/** What the send failed with, and how. */
async function failure(sending: Promise<unknown>): Promise<Pick<SendError, 'outcome' | 'reason' | 'retryable'>> {
  const error: unknown = await sending.then(
    () => expect.unreachable('it was accepted'),
    (thrown: unknown) => thrown,
  );
  if (!SendError.isInstance(error)) throw error;
  const { outcome, reason, retryable } = error;
  return { outcome, reason, retryable };
}

describe('accepted', () => {
  test('a message is stored as it was at that moment, and nobody can change it afterwards', async () => {
    const body = new TextEncoder().encode('{"data":1}');
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    await process.send('m1', { body, headers, key: 'k' });
    body.fill(0);
    headers['content-type'] = 'other';
    const bodies: string[] = [];
    await process.subscribe(({ message }) => {
      bodies.push(new TextDecoder().decode(message.body));
      expect(message.headers).toEqual({ 'content-type': 'application/json' });
      expect(Object.isFrozen(message.headers)).toBe(true);
      expect(message.key).toBe('k');
      message.body.fill(0);
      return bodies.length < 2 ? { kind: 'retry', delayMs: 0, state: {} } : ack;
    });
    await server.advance(1);
    expect(bodies).toEqual(['{"data":1}', '{"data":1}']);
  });

  test('the same id within the window is stored once, and again after it', async () => {
    expect(await process.send('m1')).toEqual({ position: 'transaction/1', duplicate: false });
    expect((await process.send('m1')).duplicate).toBe(true);
    await server.advance(9_999);
    expect((await process.send('m1')).duplicate).toBe(true);
    await server.advance(10_001);
    expect((await process.send('m1')).duplicate).toBe(false);
    expect(stored()).toEqual(['m1', 'm1']);
  });

  test('what was accepted is listed with its data, newest last', async () => {
    await process.send('m1', { body: new TextEncoder().encode('{"data":{"amount":5}}'), key: 'k' });
    await process.send('m2', { body: new TextEncoder().encode('not JSON') });
    await process.send('m2');
    const [first, second, third] = process.broker.published;
    expect(first).toMatchObject({ id: 'm1', type: 'payment.transaction.succeeded', key: 'k', data: { amount: 5 } });
    expect(second).toMatchObject({ id: 'm2', data: undefined });
    expect(second).not.toHaveProperty('key');
    expect(third).toBeUndefined();
    const other = await startProcess(server);
    expect(other.broker.published).toEqual([]);
  });

  test('a loop of awaited sends lets timers run', async () => {
    const roomy = await startProcess(memoryServer());
    let fired = false;
    const timer = setTimeout(() => (fired = true), 0);
    for (let count = 0; count < 100_000 && !fired; count += 1) await roomy.send(`m${count}`);
    clearTimeout(timer);
    expect(fired).toBe(true);
    await roomy.broker.close({ signal: now });
  });
});

describe('rejected', () => {
  test('when it is full, until something is settled', async () => {
    await process.broker.declareGroup(ledger);
    const results = await Promise.allSettled(Array.from({ length: 120 }, (_, index) => process.send(`m${index}`)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(100);
    expect(await failure(process.send('one more'))).toEqual({ outcome: 'rejected', reason: 'full', retryable: true });
    expect((await process.broker.health()).problems).toMatchObject([{ code: 'full' }]);
    await process.subscribe(() => ack);
    await server.idle();
    expect((await process.send('one more')).duplicate).toBe(false);
    expect(server.inspect().held).toHaveLength(1);
  });

  test('when it is too large, before any of it is sent; the limit itself fits', async () => {
    const headers = { name: 'ü' };
    const fits = new Uint8Array(1_024 - 4 - 2);
    expect((await process.send('fits', { headers, body: fits })).duplicate).toBe(false);
    const sending = process.send('too large', { headers, body: new Uint8Array(fits.length + 1) });
    expect(await failure(sending)).toEqual({ outcome: 'rejected', reason: 'too-large', retryable: false });
    expect(stored()).toEqual(['fits']);
  });

  test('when the broker refuses, with its reason', async () => {
    server.faults.refuseSends({ reason: 'forbidden', retryable: false });
    expect(await failure(process.send('m1'))).toEqual({ outcome: 'rejected', reason: 'forbidden', retryable: false });
    server.faults.refuseSends(undefined);
    await process.send('m1');
    expect(stored()).toEqual(['m1']);
  });

  test.each(['none', 'both'] as const)('when it is aborted before it begins, with silence %s', async (silence) => {
    server.faults.link(process.broker).silence(silence);
    expect(await failure(process.send('m1', {}, now))).toEqual({
      outcome: 'rejected',
      reason: 'disconnected',
      retryable: true,
    });
    server.faults.link(process.broker).silence('none');
    expect(stored()).toEqual([]);
  });

  test('when there is no connection until the signal aborts', async () => {
    server.faults.stop();
    const patience = new AbortController();
    const sending = failure(process.send('m1', {}, patience.signal));
    await turns();
    patience.abort();
    expect(await sending).toEqual({ outcome: 'rejected', reason: 'disconnected', retryable: true });
    server.faults.start();
    await server.advance(5_000);
    expect(stored()).toEqual([]);
  });
});

describe('unknown', () => {
  test('when the answer is lost, although it is stored; the same id again is a duplicate', async () => {
    server.faults.loseSendReplies(1);
    const patience = new AbortController();
    const sending = failure(process.send('m1', {}, patience.signal));
    await turns();
    patience.abort();
    expect(await sending).toEqual({ outcome: 'unknown', reason: 'timeout', retryable: true });
    expect((await process.send('m1')).duplicate).toBe(true);
    expect(stored()).toEqual(['m1']);
    expect(process.broker.published).toHaveLength(1);
  });

  test('when the connection is lost before the answer', async () => {
    server.faults.pause();
    const sending = failure(process.send('m1'));
    await turns();
    server.faults.kill();
    expect(await sending).toEqual({ outcome: 'unknown', reason: 'disconnected', retryable: true });
    expect(stored()).toEqual([]);
  });

  test('when nothing gets through; what was on the way arrives after the silence', async () => {
    server.faults.link(process.broker).silence('to-broker');
    const patience = new AbortController();
    const body = new TextEncoder().encode('as it was');
    const sending = failure(process.send('m1', { body }, patience.signal));
    patience.abort();
    expect((await sending).outcome).toBe('unknown');
    body.fill(0);
    expect(stored()).toEqual([]);
    server.faults.link(process.broker).silence('none');
    expect(server.inspect().stored.map((message) => new TextDecoder().decode(message.body))).toEqual(['as it was']);
  });
});

test('sends reach the broker in call order, those that waited for a connection first', async () => {
  server.faults.stop();
  const sending = Array.from({ length: 20 }, (_, index) => process.send(`m${String(index).padStart(2, '0')}`));
  server.faults.start();
  await server.advance(2_000);
  sending.push(process.send('m20'));
  server.faults.latency(10);
  sending.push(process.send('m21'));
  server.faults.latency(0);
  sending.push(process.send('m22'));
  await server.advance(100);
  await Promise.all(sending);
  expect(stored()).toEqual([...stored()].sort());
  expect(stored()).toHaveLength(23);
  const handled: string[] = [];
  await process.subscribe((delivery) => {
    handled.push(idOf(delivery));
    return ack;
  });
  await until(() => handled.length === 23, 'all are handled');
});

test('closing waits for open sends, and at abort ends them', async () => {
  server.faults.pause();
  const sending = failure(process.send('m1'));
  const patience = new AbortController();
  const closing = process.broker.close({ signal: patience.signal });
  await turns();
  patience.abort();
  await closing;
  expect((await sending).outcome).toBe('unknown');
  expect(await process.send('m2').catch((error: unknown) => error)).toMatchObject({ code: 'EVENTS_CLOSED' });
  expect(never.aborted).toBe(false);
});
