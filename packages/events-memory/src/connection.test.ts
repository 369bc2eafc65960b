import { beforeEach, describe, expect, test } from 'vitest';
import { memory } from './adapter.ts';
import {
  ack,
  createDesk,
  createProcess,
  idOf,
  ledger,
  never,
  startProcess,
  turns,
  until,
  type Process,
} from './process.test-support.ts';
import { memoryServer, type MemoryServer } from './server/server.ts';

let server: MemoryServer;

beforeEach(() => {
  server = memoryServer({ clock: 'virtual', leaseMs: 3_000 });
});

const states = ({ notices }: Process) =>
  notices.map((notice) => (notice.kind === 'connection' ? notice.state : notice.kind));

describe('connecting', () => {
  test('waits until the broker is up; a second call joins the first', async () => {
    server.faults.stop();
    const process = createProcess(memory({ server }));
    let connected = 0;
    for (let call = 0; call < 2; call += 1) {
      void process.broker.connect(process.runtime, { signal: never }).then(() => (connected += 1));
    }
    await server.advance(20_000);
    expect(connected).toBe(0);
    server.faults.start();
    await server.advance(1_000);
    expect(connected).toBe(2);
    expect(server.inspect().sessions).toEqual([process.runtime.instance]);
    expect(process.notices).toEqual([]);
  });

  test('ends when it is aborted, and can be tried again', async () => {
    server.faults.stop();
    const process = createProcess(memory({ server }));
    const patience = new AbortController();
    const connecting = process.broker.connect(process.runtime, { signal: patience.signal });
    await turns();
    patience.abort(new Error('no longer'));
    await expect(connecting).rejects.toThrow('no longer');
    expect(server.virtualClock?.timers).toBe(0);
    server.faults.start();
    await process.broker.connect(process.runtime, { signal: never });
  });

  test('closing ends it for good', async () => {
    server.faults.pause();
    const process = createProcess(memory({ server }));
    const connecting = process.broker.connect(process.runtime, { signal: never });
    await turns();
    await process.broker.close({ signal: never });
    await expect(connecting).rejects.toMatchObject({ code: 'EVENTS_CLOSED' });
    server.faults.unpause();
    await server.advance(10_000);
    expect(server.inspect().sessions).toEqual([]);
    expect(server.virtualClock?.timers).toBe(0);
  });

  test('backs off with chance, so that those who fell together do not come back together', async () => {
    const [early, late] = [0, 0.99].map((chance) => createProcess(memory({ server }), () => chance));
    for (const process of [early, late]) await process?.broker.connect(process.runtime, { signal: never });
    server.faults.killConnections();
    await server.advance(30);
    expect(server.inspect().sessions).toEqual([early?.runtime.instance]);
    await server.advance(30);
    expect(server.inspect().sessions).toHaveLength(2);
  });
});

describe('a connection that is dropped', () => {
  test('comes back by itself with its subscriptions, and says so', async () => {
    const process = await startProcess(server);
    const desk = createDesk();
    await process.subscribe(desk.handle);
    await process.send('m1');
    await turns();
    server.faults.killConnections();
    expect(desk.came[0]?.signal.aborted).toBe(true);
    expect(states(process)).toEqual(['lost']);
    await server.advance(1_000);
    expect(states(process)).toEqual(['lost', 'found']);
    // One heartbeat, and the server's eye on it.
    expect(server.virtualClock?.timers).toBe(2);
    expect(desk.came.map((delivery) => [idOf(delivery), delivery.unsettled])).toEqual([
      ['m1', 0],
      ['m1', 1],
    ]);
    expect(desk.came[1]?.signal.aborted).toBe(false);
    desk.answerAll(ack);
    await turns();
    expect(await process.broker.backlog('ledger')).toMatchObject({ waiting: 0, inFlight: 0 });
  });

  test('a settlement from before it changes nothing', async () => {
    const process = await startProcess(server);
    const settle: (() => void)[] = [];
    await process.subscribe(() => new Promise((resolve) => settle.push(() => resolve(ack))));
    await process.send('m1');
    await turns();
    server.faults.link(process.broker).reset();
    await server.advance(1_000);
    expect(settle).toHaveLength(2);
    settle[0]?.();
    await turns();
    expect(await process.broker.backlog('ledger')).toMatchObject({ inFlight: 1 });
    settle[1]?.();
    await turns();
    expect(await process.broker.backlog('ledger')).toMatchObject({ inFlight: 0 });
  });

  test('what waits for a retry is still retried after the broker was away', async () => {
    const process = await startProcess(server);
    let attempts = 0;
    await process.subscribe(() => {
      attempts += 1;
      return attempts === 1 ? { kind: 'retry', delayMs: 5_000, state: { attempt: '1' } } : ack;
    });
    await process.send('m1');
    await turns();
    server.faults.kill();
    await server.advance(10_000);
    expect(attempts).toBe(1);
    server.faults.start();
    await server.advance(1_000);
    expect(attempts).toBe(2);
  });

  test('subscribing and declaring wait for a connection', async () => {
    const process = await startProcess(server);
    server.faults.stop();
    const declaring = process.broker.declareGroup({ ...ledger, group: 'mail' });
    const subscribing = process.subscribe(() => ack);
    await turns();
    server.faults.start();
    await server.advance(2_000);
    await declaring;
    await subscribing;
    expect(
      server
        .inspect()
        .groups.map(({ group }) => group)
        .toSorted(),
    ).toEqual(['ledger', 'mail']);
  });
});

test('a killed process never speaks again', async () => {
  const process = await startProcess(server);
  const desk = createDesk();
  const subscription = await process.subscribe(desk.handle);
  await process.send('m1');
  await turns();
  server.faults.killAdapter(process.broker);
  desk.answerAll(ack);
  await server.advance(60_000);
  expect(server.inspect()).toMatchObject({ sessions: [], groups: [{ ready: ['m1'], members: 0 }] });
  expect(process.notices).toEqual([]);
  await subscription.stop({ signal: never });
  await process.broker.close({ signal: never });
  expect(server.virtualClock?.timers).toBe(0);
});

test('fifty cycles of opening and closing leave nothing behind', async () => {
  for (let cycle = 0; cycle < 50; cycle += 1) {
    const process = await startProcess(server);
    await process.subscribe(() => (cycle % 2 === 0 ? ack : { kind: 'retry', delayMs: 10_000, state: {} }));
    await process.send(`m${cycle}`);
    await until(() => process.broker.published.length === 1, 'it is sent');
    await process.broker.close({ signal: never });
    await process.broker.close({ signal: never });
  }
  expect(server.virtualClock?.timers).toBe(0);
  expect(server.inspect().sessions).toEqual([]);
});
