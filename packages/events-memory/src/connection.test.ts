import { beforeEach, describe, expect, test } from 'vitest';
import { memory } from './adapter.ts';
import { memoryServer, type MemoryServer } from './server/server.ts';
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
} from './testing/process.ts';

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

describe('leases', () => {
  test('a handler longer than the lease keeps its event', async () => {
    const process = await startProcess(server);
    const other = await startProcess(server);
    const desk = createDesk();
    const idle = createDesk();
    await process.subscribe(desk.handle);
    await process.send('m1');
    await turns();
    await other.subscribe(idle.handle);
    await server.advance(60_000);
    expect(desk.came[0]?.signal.aborted).toBe(false);
    expect(idle.came).toEqual([]);
    desk.answerAll(ack);
    await turns();
    expect(desk.came).toHaveLength(1);
    expect(states(process)).toEqual([]);
  });

  test.each(['to-broker', 'from-broker', 'both'] as const)(
    'in silence %s the right to settle ends before the events go elsewhere',
    async (silence) => {
      const process = await startProcess(server);
      const other = await startProcess(server);
      const order: string[] = [];
      await process.subscribe(
        ({ signal }) => new Promise(() => signal.addEventListener('abort', () => order.push('aborted'))),
      );
      await process.send('m1');
      await turns();
      await other.subscribe(() => {
        order.push('elsewhere');
        return ack;
      });
      server.faults.link(process.broker).silence(silence);
      await server.advance(2_000);
      expect(order).toEqual([]);
      await server.advance(1_500);
      expect(order).toEqual(['aborted', 'elsewhere']);
      server.faults.link(process.broker).silence('none');
      await server.advance(5_000);
      expect(states(process)).toEqual(['lost', 'found']);
      expect(server.inspect().sessions).toHaveLength(2);
    },
  );

  test('a silence shorter than the lease costs nothing', async () => {
    const process = await startProcess(server);
    const desk = createDesk();
    await process.subscribe(desk.handle);
    await process.send('m1');
    await turns();
    server.faults.link(process.broker).silence('both');
    await server.advance(1_500);
    desk.answerAll(ack);
    await turns();
    server.faults.link(process.broker).silence('none');
    await server.advance(10_000);
    expect(states(process)).toEqual([]);
    expect(desk.came).toHaveLength(1);
    expect(server.inspect().held).toEqual([]);
  });

  test('a process that was frozen past its lease loses its right before anything else, and settles nothing', async () => {
    const zombie = await startProcess(server);
    const other = await startProcess(server);
    const desk = createDesk();
    const heir = createDesk();
    await zombie.subscribe(desk.handle, { ordering: 'key' });
    await other.subscribe(heir.handle, { ordering: 'key' });
    await zombie.send('m1');
    await turns();
    server.faults.link(zombie.broker).freeze();
    await other.send('m2');
    await server.advance(9_000);
    expect(heir.came.map(idOf)).toEqual(['m1', 'm2']);
    desk.answerAll(ack);
    await turns();
    expect(desk.came[0]?.signal.aborted).toBe(false);
    server.faults.link(zombie.broker).thaw();
    expect(desk.came[0]?.signal.aborted).toBe(true);
    await turns();
    expect(desk.came).toHaveLength(1);
    expect(server.inspect().groups[0]?.inFlight).toEqual(['m1', 'm2']);
    await server.advance(2_000);
    expect(states(zombie)).toEqual(['lost', 'found']);
  });

  test('a process that was frozen for less goes on', async () => {
    const process = await startProcess(server);
    const desk = createDesk();
    await process.subscribe(desk.handle);
    server.faults.link(process.broker).freeze();
    const sender = await startProcess(server);
    await sender.send('m1');
    await server.advance(2_000);
    expect(desk.came).toEqual([]);
    server.faults.link(process.broker).thaw();
    await turns();
    expect(desk.came.map(idOf)).toEqual(['m1']);
    await server.advance(10_000);
    expect(states(process)).toEqual([]);
  });

  test('a paused broker that wakes judges leases only after it has heard what was said meanwhile', async () => {
    const process = await startProcess(server);
    const desk = createDesk();
    await process.subscribe(desk.handle);
    await process.send('m1');
    await turns();
    server.faults.pause();
    await server.advance(2_500);
    server.faults.unpause();
    await server.advance(10_000);
    expect(states(process)).toEqual([]);
    expect(desk.came).toHaveLength(1);
    server.faults.pause();
    await server.advance(10_000);
    expect(states(process)).toEqual(['lost']);
    // Paused, it takes nothing away either.
    expect(server.inspect().groups[0]?.inFlight).toEqual(['m1']);
    server.faults.unpause();
    await server.advance(2_000);
    expect(states(process)).toEqual(['lost', 'found']);
    expect(desk.came.map(({ unsettled }) => unsettled)).toEqual([0, 1]);
    expect(server.inspect().sessions).toHaveLength(1);
  });
});

describe('health', () => {
  const status = async ({ broker }: Process) => {
    const { status: is, problems } = await broker.health();
    return [is, ...problems.map(({ code }) => code)];
  };

  test('is an answer of the broker, not an open connection', async () => {
    const unconnected = createProcess(memory({ server }));
    expect(await status(unconnected)).toEqual(['down', 'disconnected']);
    const process = await startProcess(server);
    expect(await status(process)).toEqual(['up']);
    for (const silence of ['to-broker', 'from-broker', 'both'] as const) {
      server.faults.link(process.broker).silence(silence);
      expect(await status(process)).toEqual(['down', 'no-answer']);
    }
    server.faults.link(process.broker).silence('none');
    server.faults.pause();
    expect(await status(process)).toEqual(['down', 'no-answer']);
    server.faults.unpause();
    expect(await status(process)).toEqual(['up']);
    server.faults.stop();
    expect(await status(process)).toEqual(['down', 'disconnected']);
    server.faults.start();
    await server.advance(2_000);
    expect(await status(process)).toEqual(['up']);
    await process.broker.close({ signal: never });
    expect(await status(process)).toEqual(['down', 'closed']);
  });

  test('is degraded while something is refused', async () => {
    const process = await startProcess(server);
    server.faults.refuseSends({ reason: 'other', retryable: true });
    server.faults.failDeadLetters(true);
    expect(await status(process)).toEqual(['degraded', 'refusing', 'dead-letters-unreachable']);
  });

  test('answers within two seconds of real time when nothing else does', async () => {
    const real = memoryServer();
    const process = await startProcess(real);
    real.faults.pause();
    const start = performance.now();
    expect(await status(process)).toEqual(['down', 'no-answer']);
    expect(performance.now() - start).toBeLessThan(2_000);
    real.faults.kill();
    await process.broker.close({ signal: never });
  });

  test('knows when something last moved', async () => {
    const process = await startProcess(server);
    const connectedAt = server.virtualClock?.now() ?? 0;
    server.faults.pause();
    await server.advance(500);
    expect((await process.broker.health()).lastProgressAt).toEqual(new Date(connectedAt));
    server.faults.unpause();
    expect((await process.broker.health()).lastProgressAt).toEqual(new Date(connectedAt + 500));
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
