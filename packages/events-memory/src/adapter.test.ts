import { ConfigurationError } from '@payments/events-core';
import { describe, expect, test } from 'vitest';
import { memory } from './adapter.ts';
import { ack, createDesk, createProcess, ledger, never, now, retryAfter, turns } from './process.test-support.ts';

async function started(options: Parameters<typeof memory>[0] = { clock: 'virtual' }) {
  const process = createProcess(memory(options));
  await process.broker.connect(process.runtime, { signal: never });
  return process;
}

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
