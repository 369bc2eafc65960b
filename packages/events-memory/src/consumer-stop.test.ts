import { beforeEach, describe, expect, test } from 'vitest';
import { ack, createDesk, idOf, never, now, release, sendMany, startProcesses, turns } from './process.test-support.ts';
import { memoryServer, type MemoryServer } from './server/server.ts';

let server: MemoryServer;

beforeEach(() => {
  server = memoryServer({ clock: 'virtual' });
});

describe('stopping', () => {
  test('takes no more, waits for what is open, and nothing comes twice', async () => {
    const [process, other] = await startProcesses(server, 2);
    const desk = createDesk();
    const subscription = await process?.subscribe(desk.handle, { maxInFlight: 2 });
    if (process !== undefined) await sendMany(process, 5);
    await turns();
    let stopped = false;
    const stopping = subscription?.stop({ signal: never }).then(() => (stopped = true));
    await turns();
    expect(stopped).toBe(false);
    desk.answer('m1', ack);
    await turns();
    expect([stopped, desk.came.length]).toEqual([false, 2]);
    expect(desk.came[1]?.signal.aborted).toBe(false);
    desk.answer('m2', ack);
    await stopping;
    await subscription?.ended;
    const rest = createDesk();
    await other?.subscribe(rest.handle);
    await turns();
    expect(rest.came.map((delivery) => [idOf(delivery), delivery.unsettled])).toEqual([
      ['m3', 0],
      ['m4', 0],
      ['m5', 0],
    ]);
  });

  test('once core gives back what it is handed, it is handed no more, though it has not said that it stops', async () => {
    const [process, other] = await startProcesses(server, 2);
    let handed = 0;
    const giveBack = async () => {
      handed += 1;
      return release;
    };
    await process?.subscribe(giveBack, { maxInFlight: 2 });
    if (process !== undefined) await sendMany(process, 5);
    await turns(50);
    expect(handed).toBe(2);
    const desk = createDesk();
    await other?.subscribe(desk.handle, { maxInFlight: 5 });
    await turns();
    expect(desk.came.map(idOf)).toEqual(['m1', 'm2', 'm3', 'm4', 'm5']);
  });

  test('at abort it leaves: what is open goes to others at once, charged, and can no longer be settled here', async () => {
    const [process, other] = await startProcesses(server, 2);
    const desk = createDesk();
    const heir = createDesk();
    const subscription = await process?.subscribe(desk.handle);
    await process?.send('m1');
    await turns();
    await other?.subscribe(heir.handle);
    const patience = new AbortController();
    const stopping = subscription?.stop({ signal: patience.signal });
    const again = subscription?.stop({ signal: never });
    await turns();
    patience.abort();
    await stopping;
    await again;
    expect(desk.came[0]?.signal.aborted).toBe(true);
    await turns();
    expect(heir.came.map((delivery) => [idOf(delivery), delivery.unsettled])).toEqual([['m1', 1]]);
    desk.answerAll(ack);
    await turns();
    expect(server.inspect().groups[0]?.inFlight).toEqual(['m1']);
  });

  test('what arrives after the stop began goes back untouched, and nobody sees it', async () => {
    const [process, other] = await startProcesses(server, 2);
    if (process === undefined) return;
    const desk = createDesk();
    const subscription = await process.subscribe(desk.handle);
    server.faults.latency(100);
    const sending = process.send('m1');
    await server.advance(150);
    expect(server.inspect().groups[0]?.inFlight).toEqual(['m1']);
    const stopping = subscription.stop({ signal: never });
    await server.advance(1_000);
    server.faults.latency(0);
    await Promise.all([sending, stopping]);
    expect(desk.came).toEqual([]);
    const heir = createDesk();
    await other?.subscribe(heir.handle);
    await turns();
    expect(heir.came.map((delivery) => [idOf(delivery), delivery.unsettled])).toEqual([['m1', 0]]);
  });

  test('releases go back untouched', async () => {
    const [process, other] = await startProcesses(server, 2);
    const desk = createDesk();
    const subscription = await process?.subscribe(desk.handle);
    await process?.send('m1');
    await turns();
    const stopping = subscription?.stop({ signal: never });
    desk.answerAll(release);
    await stopping;
    const heir = createDesk();
    await other?.subscribe(heir.handle);
    await turns();
    expect(heir.came.map((delivery) => [idOf(delivery), delivery.unsettled])).toEqual([['m1', 0]]);
  });
});

describe('a stop in the middle of joining', () => {
  test.each([never, now])('leaves no member behind that others would wait for', async (signal) => {
    const [process, other] = await startProcesses(server, 2);
    if (process === undefined) return;
    server.faults.link(process.broker).silence('from-broker');
    const subscribing = process.subscribe(() => ack, { ordering: 'key' }).catch(() => {});
    await turns();
    expect(server.inspect().groups[0]?.members).toBe(1);
    const closing = process.broker.close({ signal });
    await turns();
    server.faults.link(process.broker).silence('none');
    await Promise.all([closing, subscribing]);
    expect(server.inspect().groups[0]?.members).toBe(0);
    const desk = createDesk();
    await other?.subscribe(desk.handle, { ordering: 'key' });
    await other?.send('m1');
    await turns();
    expect(desk.waiting).toEqual(['m1']);
  });
});

test('a stop while the subscription is being made again leaves no member behind', async () => {
  const [process] = await startProcesses(server, 1);
  if (process === undefined) return;
  const subscription = await process.subscribe(() => ack, { ordering: 'key' });
  server.faults.latency(100);
  server.faults.killConnections();
  // Dropped after 100 ms, dialled after 138, connected after 338, joined after 438: the answer is on its way.
  await server.advance(480);
  expect(server.inspect().groups[0]?.members).toBe(1);
  await subscription.stop({ signal: now });
  await server.advance(1_000);
  expect(server.inspect().groups[0]?.members).toBe(0);
  expect(server.inspect().sessions).toHaveLength(1);
});
