import { ConfigurationError, type Delivery } from '@payments/events-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { memoryServer, type MemoryServer } from './server/server.ts';
import {
  ack,
  createDesk,
  idOf,
  ledger,
  never,
  now,
  release,
  retryAfter,
  startProcess,
  turns,
  until,
  type Process,
} from './testing/process.ts';

let server: MemoryServer;

beforeEach(() => {
  server = memoryServer({ clock: 'virtual' });
});

const processes = (count: number) => Promise.all(Array.from({ length: count }, () => startProcess(server)));

async function send(process: Process, count: number, first = 1): Promise<void> {
  for (let index = first; index < first + count; index += 1) await process.send(`m${index}`);
}

const ids = (deliveries: readonly Delivery[]) => deliveries.map(idOf);

describe('groups', () => {
  test('each has every event once, however many consumers share it', async () => {
    const [one, two, three] = await processes(3);
    const handled: Record<string, string[]> = { ledger: [], mail: [] };
    for (const [process, group] of [
      [one, 'ledger'],
      [two, 'ledger'],
      [three, 'mail'],
    ] as const) {
      await process?.subscribe(
        (delivery) => {
          handled[group]?.push(idOf(delivery));
          return ack;
        },
        { group },
      );
    }
    if (one !== undefined) await send(one, 50);
    await server.idle();
    const all = Array.from({ length: 50 }, (_, index) => `m${index + 1}`);
    expect(handled['ledger']?.toSorted()).toEqual(all.toSorted());
    expect(handled['mail']?.toSorted()).toEqual(all.toSorted());
  });

  test('one that is declared keeps events before anyone consumes', async () => {
    const [process] = await processes(1);
    await process?.broker.declareGroup({ ...ledger, startFrom: 'latest' });
    if (process !== undefined) await send(process, 3);
    expect(await process?.broker.backlog('ledger')).toEqual({
      waiting: 3,
      inFlight: 0,
      retrying: 0,
      dead: 0,
      exact: true,
    });
  });

  test('one that comes later has what was sent before, or not, as it says', async () => {
    const [process] = await processes(1);
    if (process === undefined) return;
    await send(process, 3);
    const early = createDesk();
    const late = createDesk();
    await process.subscribe(early.handle, { group: 'early', startFrom: 'earliest' });
    await process.subscribe(late.handle, { group: 'late', startFrom: 'latest' });
    await send(process, 1, 4);
    await turns();
    expect(ids(early.came)).toEqual(['m1', 'm2', 'm3', 'm4']);
    expect(ids(late.came)).toEqual(['m4']);
  });

  test('settled events are history for later groups, up to the limit', async () => {
    server = memoryServer({ clock: 'virtual', history: 2 });
    const [process] = await processes(1);
    if (process === undefined) return;
    await process.subscribe(() => ack);
    await send(process, 5);
    await server.idle();
    const later = createDesk();
    await process.subscribe(later.handle, { group: 'later' });
    await turns();
    expect(ids(later.came)).toEqual(['m4', 'm5']);
  });

  test('gets what its patterns select, and patterns are only added', async () => {
    const [process] = await processes(1);
    if (process === undefined) return;
    await process.broker.declareGroup({ ...ledger, patterns: ['payment.invoice.*'] });
    await process.send('invoice', { type: 'payment.invoice.paid' });
    await process.send('usage', { type: 'payment.usage.recorded' });
    expect((await process.broker.backlog('ledger')).waiting).toBe(1);
    await process.broker.declareGroup({ ...ledger, patterns: ['payment.usage.recorded'] });
    await process.send('invoice 2', { type: 'payment.invoice.paid' });
    expect((await process.broker.backlog('ledger')).waiting).toBe(3);
  });

  test('one that exists with another ordering or start is refused, by name', async () => {
    const [process] = await processes(1);
    await process?.broker.declareGroup(ledger);
    await expect(process?.broker.declareGroup({ ...ledger, ordering: 'key' })).rejects.toThrow(
      /ordering "none".*"key"/,
    );
    await expect(process?.subscribe(() => ack, { startFrom: 'latest' })).rejects.toThrow(ConfigurationError);
    await process?.subscribe(() => ack, { retryDelaysMs: [5] });
  });

  test('the same one twice in a process is refused; after a stop it can come again', async () => {
    const [process] = await processes(1);
    const first = await process?.subscribe(() => ack);
    await expect(process?.subscribe(() => ack)).rejects.toThrow(ConfigurationError);
    await first?.stop({ signal: never });
    await process?.subscribe(() => ack);
  });
});

describe('sharing', () => {
  test('each consumer gets its turn, and none more than it may hold', async () => {
    const all = await processes(5);
    const desks = all.map(() => createDesk());
    await Promise.all(
      all.map((process, index) => process.subscribe(desks[index]?.handle ?? (() => ack), { maxInFlight: 4 })),
    );
    if (all[0] !== undefined) await send(all[0], 100);
    await turns();
    expect(desks.map((desk) => desk.waiting.length)).toEqual([4, 4, 4, 4, 4]);
    expect(await all[0]?.broker.backlog('ledger')).toMatchObject({ waiting: 80, inFlight: 20 });
    const [first] = desks;
    for (let count = 0; count < 20; count += 1) {
      first?.answerAll(ack);
      await turns(3);
    }
    expect(desks.map((desk) => desk.waiting.length)).toEqual([4, 4, 4, 4, 4]);
    expect(first?.came.length).toBe(84);
  });

  test('topics take turns', async () => {
    const [process] = await processes(1);
    if (process === undefined) return;
    for (let index = 0; index < 3; index += 1) await process.send(`t${index}`);
    for (let index = 0; index < 3; index += 1) await process.send(`i${index}`, { type: 'payment.invoice.paid' });
    const desk = createDesk();
    await process.subscribe(desk.handle);
    await turns();
    expect(ids(desk.came)).toEqual(['t0', 'i0', 't1', 'i1', 't2', 'i2']);
  });

  test('handlers that never leave the microtask queue let timers run', async () => {
    const process = await startProcess(memoryServer());
    let handled = 0;
    await Promise.all(Array.from({ length: 20_000 }, (_, index) => process.send(`m${index}`)));
    let handledAtTimer = 0;
    setImmediate(() => (handledAtTimer = handled));
    await process.subscribe(() => {
      handled += 1;
      return ack;
    });
    await until(() => handled === 20_000, 'all are handled');
    expect(handledAtTimer).toBeGreaterThan(0);
    expect(handledAtTimer).toBeLessThan(20_000);
    await process.broker.close({ signal: now });
  });

  test('a deliver that throws loses nothing', async () => {
    const [process] = await processes(1);
    let calls = 0;
    await process?.subscribe(() => {
      calls += 1;
      if (calls === 1) throw new Error('deliver must not');
      return ack;
    });
    await process?.send('m1');
    await until(() => calls === 2, 'it comes again');
  });
});

describe('a consumer that dies', () => {
  test('what it held comes back in order before anything newer, and is charged', async () => {
    const [dying, other] = await processes(2);
    const desk = createDesk();
    await dying?.subscribe(desk.handle, { maxInFlight: 3 });
    if (dying !== undefined) await send(dying, 6);
    await turns();
    desk.answer('m2', ack);
    await turns();
    expect(desk.waiting).toEqual(['m1', 'm3', 'm4']);
    if (dying !== undefined) server.faults.killAdapter(dying.broker);
    const heir = createDesk();
    await other?.subscribe(heir.handle);
    await turns();
    expect(heir.came.map((delivery) => [idOf(delivery), delivery.unsettled])).toEqual([
      ['m1', 1],
      ['m3', 1],
      ['m4', 1],
      ['m5', 0],
      ['m6', 0],
    ]);
    desk.answerAll(ack);
    await turns();
    expect(server.inspect().groups[0]?.inFlight).toHaveLength(5);
  });

  test('a delivery that ended twice without a settlement travels alone, and its neighbours are not charged', async () => {
    const [watcher] = await processes(1);
    if (watcher === undefined) return;
    await send(watcher, 4);
    for (let crash = 0; crash < 2; crash += 1) {
      const [victim] = await processes(1);
      await victim?.subscribe(createDesk().handle);
      await turns();
      if (victim !== undefined) server.faults.killAdapter(victim.broker);
    }
    await send(watcher, 4, 5);
    const [last] = await processes(1);
    const desk = createDesk();
    await last?.subscribe(desk.handle);
    await turns();
    expect(desk.waiting).toEqual(['m1']);
    expect(desk.came[0]?.unsettled).toBe(2);
    for (const next of ['m2', 'm3', 'm4']) {
      desk.answerAll(ack);
      await turns();
      expect(desk.waiting).toEqual([next]);
    }
    desk.answerAll(ack);
    await turns();
    expect(desk.waiting).toEqual(['m5', 'm6', 'm7', 'm8']);
  });

  test('a suspect waits until its consumer holds nothing else, while the others go on', async () => {
    const [one, two] = await processes(2);
    if (one === undefined || two === undefined) return;
    const [reserved, free] = [createDesk(), createDesk()];
    await one.send('poison');
    for (const crash of [1, 2]) {
      const [victim] = await processes(1);
      await victim?.subscribe(createDesk().handle, { maxInFlight: 1 });
      await turns();
      if (crash === 2) {
        await one.subscribe(reserved.handle, { maxInFlight: 2 });
        await two.subscribe(free.handle, { maxInFlight: 2 });
        await send(one, 4);
        await turns();
      }
      if (victim !== undefined) server.faults.killAdapter(victim.broker);
    }
    await send(one, 10, 5);
    for (let count = 0; count < 5; count += 1) {
      await turns();
      expect([reserved.waiting.length, free.waiting.length]).toEqual([2, 2]);
      free.answerAll(ack);
    }
    reserved.answer(reserved.waiting[0] ?? '', ack);
    await turns();
    expect(reserved.waiting).toHaveLength(1);
    reserved.answerAll(ack);
    await turns();
    expect(reserved.waiting).toEqual(['poison']);
    expect(free.came).toHaveLength(12);
  });

  test('while a suspect is out, nothing else goes to its consumer', async () => {
    const [watcher] = await processes(1);
    if (watcher === undefined) return;
    await watcher.send('poison');
    for (let crash = 0; crash < 2; crash += 1) {
      const [victim] = await processes(1);
      await victim?.subscribe(createDesk().handle);
      await turns();
      if (victim !== undefined) server.faults.killAdapter(victim.broker);
    }
    const desk = createDesk();
    await watcher.subscribe(desk.handle);
    await turns();
    await send(watcher, 3);
    await turns();
    expect(desk.waiting).toEqual(['poison']);
    desk.answerAll(ack);
    await turns();
    expect(desk.waiting).toEqual(['m1', 'm2', 'm3']);
  });

  test('a settlement ends the count of crashes', async () => {
    const [watcher, heir] = await processes(2);
    const desk = createDesk();
    await watcher?.subscribe(desk.handle);
    await watcher?.send('m1');
    await turns();
    server.faults.killConnections();
    await server.advance(1_000);
    expect(desk.came.map(({ unsettled }) => unsettled)).toEqual([0, 1]);
    desk.answerAll(retryAfter(10));
    await server.advance(10);
    desk.answerAll(ack);
    await turns();
    expect(desk.came.map(({ unsettled }) => unsettled)).toEqual([0, 1, 0]);
    expect(heir?.notices).toHaveLength(2);
  });

  test('a retry or a release does not count as a crash; an acknowledgement starts afresh', async () => {
    const [process] = await processes(1);
    const unsettled: number[] = [];
    await process?.subscribe((delivery) => {
      unsettled.push(delivery.unsettled);
      return unsettled.length < 4 ? retryAfter(10, { attempt: String(unsettled.length) }) : ack;
    });
    await process?.send('m1');
    await server.advance(100);
    expect(unsettled).toEqual([0, 0, 0, 0]);
  });
});

describe('stopping', () => {
  test('takes no more, waits for what is open, and nothing comes twice', async () => {
    const [process, other] = await processes(2);
    const desk = createDesk();
    const subscription = await process?.subscribe(desk.handle, { maxInFlight: 2 });
    if (process !== undefined) await send(process, 5);
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

  test('at abort it leaves: what is open goes to others at once, charged, and can no longer be settled here', async () => {
    const [process, other] = await processes(2);
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
    const [process, other] = await processes(2);
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
    const [process, other] = await processes(2);
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
    const [process, other] = await processes(2);
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
  const [process] = await processes(1);
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

describe('ordering by key', () => {
  const ordered = { ordering: 'key', maxInFlight: 3 } as const;

  test('one consumer owns the group; the next begins when the owner has finished', async () => {
    const [one, two] = await processes(2);
    const owner = createDesk();
    const next = createDesk();
    const subscription = await one?.subscribe(owner.handle, ordered);
    await two?.subscribe(next.handle, ordered);
    if (one !== undefined) await send(one, 5);
    await turns();
    expect(ids(owner.came)).toEqual(['m1', 'm2', 'm3']);
    expect(next.came).toEqual([]);
    const stopping = subscription?.stop({ signal: never });
    owner.answer('m2', ack);
    await turns();
    owner.answer('m1', release);
    await turns();
    expect(next.came).toEqual([]);
    owner.answer('m3', ack);
    await stopping;
    await turns();
    expect(ids(next.came)).toEqual(['m1', 'm4', 'm5']);
  });

  test('after the owner is killed the next begins with the oldest that is not settled', async () => {
    const [one, two] = await processes(2);
    const owner = createDesk();
    const next = createDesk();
    await one?.subscribe(owner.handle, ordered);
    await two?.subscribe(next.handle, ordered);
    if (one !== undefined) await send(one, 5);
    await turns();
    owner.answer('m2', ack);
    await turns();
    if (one !== undefined) server.faults.killAdapter(one.broker);
    await turns();
    expect(next.came.map((delivery) => [idOf(delivery), delivery.unsettled])).toEqual([
      ['m1', 1],
      ['m3', 1],
      ['m4', 1],
    ]);
  });

  test('what crashed its owner twice is handed over alone, in its place', async () => {
    const [one, two, three] = await processes(3);
    for (const victim of [one, two]) {
      await victim?.subscribe(createDesk().handle, ordered);
      if (victim === one && one !== undefined) await send(one, 3);
      await turns();
      if (victim !== undefined) server.faults.killAdapter(victim.broker);
    }
    const desk = createDesk();
    await three?.subscribe(desk.handle, ordered);
    for (const next of ['m1', 'm2', 'm3']) {
      await turns();
      expect(desk.waiting).toEqual([next]);
      desk.answerAll(ack);
    }
  });

  test('a suspect waits until its owner holds nothing else, and nothing follows it while it is out', async () => {
    const [one, two, three] = await processes(3);
    await one?.send('poison');
    for (const victim of [one, two]) {
      await victim?.subscribe(createDesk().handle, ordered);
      await turns();
      if (victim !== undefined) server.faults.killAdapter(victim.broker);
    }
    for (const id of ['i1', 'i2', 'i3']) await three?.send(id, { type: 'payment.invoice.paid' });
    const desk = createDesk();
    await three?.subscribe(desk.handle, ordered);
    await turns();
    const seen: (readonly string[])[] = [];
    while (desk.waiting.length > 0) {
      seen.push(desk.waiting);
      desk.answerAll(ack);
      await turns();
    }
    expect(seen.filter((together) => together.includes('poison'))).toEqual([['poison']]);
    expect(seen.flat().toSorted()).toEqual(['i1', 'i2', 'i3', 'poison']);
  });

  test('a suspect behind others waits for them', async () => {
    const [one, two, three] = await processes(3);
    await one?.send('poison');
    for (const victim of [one, two]) {
      await victim?.subscribe(createDesk().handle, { ...ordered, maxInFlight: victim === one ? 1 : 2 });
      await turns();
      if (victim === one) for (const id of ['i1', 'i2']) await three?.send(id, { type: 'payment.invoice.paid' });
      if (victim !== undefined) server.faults.killAdapter(victim.broker);
    }
    const desk = createDesk();
    await three?.subscribe(desk.handle, ordered);
    await turns();
    for (const next of ['i1', 'poison', 'i2']) {
      expect(desk.waiting).toEqual([next]);
      desk.answerAll(ack);
      await turns();
    }
    expect(desk.came.map(({ unsettled }) => unsettled)).toEqual([1, 2, 0]);
  });
});
