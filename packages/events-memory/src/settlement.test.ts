import { beforeEach, describe, expect, test } from 'vitest';
import type { Handover } from './server/item.ts';
import { memoryServer, type MemoryServer } from './server/server.ts';
import type { Session } from './server/session.ts';
import {
  ack,
  createDesk,
  die,
  idOf,
  never,
  retryAfter,
  startProcess,
  turns,
  type Process,
} from './process.test-support.ts';

let server: MemoryServer;
let process: Process;

beforeEach(async () => {
  server = memoryServer({ clock: 'virtual', leaseMs: 3_000 });
  process = await startProcess(server);
});

const group = () => server.inspect().groups[0];

describe('retry', () => {
  test('comes back exactly when it is due, with its state, while others overtake it', async () => {
    const start = process.runtime.clock.now();
    const handled: unknown[] = [];
    await process.subscribe((delivery) => {
      handled.push([idOf(delivery), process.runtime.clock.now() - start, delivery.state]);
      return idOf(delivery) === 'm1' && handled.length < 3 ? retryAfter(5_000, { attempt: '1' }) : ack;
    });
    await process.send('m1');
    await process.send('m2');
    await server.idle();
    expect(await process.broker.backlog('ledger')).toMatchObject({ waiting: 0, inFlight: 0, retrying: 1 });
    await server.advance(4_999);
    expect(handled).toHaveLength(2);
    await server.advance(1);
    expect(handled).toEqual([
      ['m1', 0, {}],
      ['m2', 0, {}],
      ['m1', 5_000, { attempt: '1' }],
    ]);
  });

  test('keeps its position and everything else of the message', async () => {
    const desk = createDesk();
    await process.subscribe(desk.handle);
    await process.send('m1', { key: 'k', headers: { a: 'b' } });
    await turns();
    desk.answerAll(retryAfter(10));
    await server.advance(10);
    const [first, second] = desk.came;
    expect(second?.message).toEqual(first?.message);
    expect(second?.position).toBe(first?.position);
  });

  test('state is what it was when the settlement was given', async () => {
    const state = { attempt: '1' };
    const desk = createDesk();
    await process.subscribe(desk.handle);
    await process.send('m1');
    await turns();
    desk.answerAll(retryAfter(0, state));
    await turns();
    state.attempt = '99';
    await server.advance(0);
    expect(desk.came[1]?.state).toEqual({ attempt: '1' });
  });
});

describe('while the broker does not confirm', () => {
  test('a settlement is tried until it does, is reported once, and counts as in flight meanwhile', async () => {
    server.faults.failSettlements(true);
    await process.subscribe(() => ack, { maxInFlight: 1 });
    await process.send('m1');
    await process.send('m2');
    await server.advance(2_000);
    expect(group()).toMatchObject({ inFlight: ['m1'], ready: ['m2'] });
    expect(process.notices).toMatchObject([{ kind: 'settlement-delayed', group: 'ledger', settlement: 'ack' }]);
    const { status, problems } = await process.broker.health();
    expect([status, problems.map(({ code }) => code)]).toEqual([
      'degraded',
      ['settlements-refused', 'settlement-delayed'],
    ]);
    server.faults.failSettlements(false);
    await server.advance(1_000);
    expect(server.inspect().held).toEqual([]);
    expect((await process.broker.health()).status).toBe('up');
    // The heartbeat and the server's eye on it.
    expect(server.virtualClock?.timers).toBe(2);
  });

  test('a dead letter waits for its store, acknowledgements go on', async () => {
    server.faults.failDeadLetters(true);
    await process.subscribe((delivery) => (idOf(delivery) === 'm1' ? die() : ack));
    await process.send('m1');
    await process.send('m2');
    await server.advance(5_000);
    expect(group()).toMatchObject({ inFlight: ['m1'], ready: [], dead: [] });
    server.faults.failDeadLetters(false);
    await server.advance(2_000);
    expect(group()).toMatchObject({ inFlight: [], dead: ['m1'] });
    expect(process.notices).toHaveLength(1);
  });

  test('a lost confirmation is asked for again, and the settlement is applied once', async () => {
    const desk = createDesk();
    const subscription = await process.subscribe(desk.handle);
    await process.send('m1');
    await turns();
    server.faults.link(process.broker).loseReplies(1);
    desk.answerAll(retryAfter(60_000));
    await turns();
    expect(group()?.retrying).toEqual(['m1']);
    let stopped = false;
    const stopping = subscription.stop({ signal: never }).then(() => (stopped = true));
    await turns();
    expect(stopped).toBe(false);
    await server.advance(2_000);
    await stopping;
    expect(group()?.retrying).toEqual(['m1']);
  });

  test('it ends with the right to settle', async () => {
    server.faults.failSettlements(true);
    const desk = createDesk();
    await process.subscribe(desk.handle);
    await process.send('m1');
    await turns();
    desk.answerAll(ack);
    await turns();
    server.faults.killConnections();
    server.faults.failSettlements(false);
    await server.advance(5_000);
    expect(desk.came.map(({ unsettled }) => unsettled)).toEqual([0, 1]);
    expect(group()?.inFlight).toEqual(['m1']);
  });

  test('a stop that is aborted does not wait for it', async () => {
    server.faults.failSettlements(true);
    const subscription = await process.subscribe(() => ack);
    await process.send('m1');
    await turns();
    const patience = new AbortController();
    const stopping = subscription.stop({ signal: patience.signal });
    await turns();
    patience.abort();
    await stopping;
    expect(group()).toMatchObject({ ready: ['m1'], members: 0 });
  });
});

test('in parallel and out of order, only what was settled is settled', async () => {
  const desk = createDesk();
  await process.subscribe(desk.handle);
  for (let index = 1; index <= 5; index += 1) await process.send(`m${index}`);
  await turns();
  for (const id of ['m5', 'm3', 'm2']) desk.answer(id, ack);
  await turns();
  expect(group()?.inFlight).toEqual(['m1', 'm4']);
  server.faults.killAdapter(process.broker);
  expect(group()?.ready).toEqual(['m1', 'm4']);
});

test('what is not the session’s own to settle stays as it is', async () => {
  const sessions: Session[] = [];
  const handovers: Handover[] = [];
  // The seam for whoever wants to watch or bend what passes between an adapter and the server.
  const watched: MemoryServer = {
    ...server,
    open(client, wire) {
      const session = server.open(client, wire);
      sessions.push(session);
      return {
        ...session,
        subscribe: (spec, receive) =>
          session.subscribe(spec, (handover) => {
            handovers.push(handover);
            receive(handover);
          }),
      };
    },
  };
  const [holder, stranger] = [await startProcess(watched), await startProcess(watched)];
  await holder.subscribe(createDesk().handle);
  await stranger.send('m1');
  await turns();
  const [handover] = handovers;
  if (handover === undefined) return expect.unreachable();
  expect(sessions[1]?.settle(handover, ack)).toBe(false);
  expect(group()?.inFlight).toEqual(['m1']);
  expect(sessions[0]?.settle(handover, ack)).toBe(true);
  expect(sessions[0]?.settle(handover, ack)).toBe(false);
  expect(group()).toMatchObject({ inFlight: [], ready: [] });
});
