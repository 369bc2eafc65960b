import { beforeEach, describe, expect, test } from 'vitest';
import {
  ack,
  createDesk,
  idOf,
  idsOf,
  never,
  release,
  sendMany,
  startProcesses,
  turns,
} from './process.test-support.ts';
import { memoryServer, type MemoryServer } from './server/server.ts';

let server: MemoryServer;

beforeEach(() => {
  server = memoryServer({ clock: 'virtual' });
});

describe('ordering by key', () => {
  const ordered = { ordering: 'key', maxInFlight: 3 } as const;

  test('one consumer owns the group; the next begins when the owner has finished', async () => {
    const [one, two] = await startProcesses(server, 2);
    const owner = createDesk();
    const next = createDesk();
    const subscription = await one?.subscribe(owner.handle, ordered);
    await two?.subscribe(next.handle, ordered);
    if (one !== undefined) await sendMany(one, 5);
    await turns();
    expect(idsOf(owner.came)).toEqual(['m1', 'm2', 'm3']);
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
    expect(idsOf(next.came)).toEqual(['m1', 'm4', 'm5']);
  });

  test('after the owner is killed the next begins with the oldest that is not settled', async () => {
    const [one, two] = await startProcesses(server, 2);
    const owner = createDesk();
    const next = createDesk();
    await one?.subscribe(owner.handle, ordered);
    await two?.subscribe(next.handle, ordered);
    if (one !== undefined) await sendMany(one, 5);
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
    const [one, two, three] = await startProcesses(server, 3);
    for (const victim of [one, two]) {
      await victim?.subscribe(createDesk().handle, ordered);
      if (victim === one && one !== undefined) await sendMany(one, 3);
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
    const [one, two, three] = await startProcesses(server, 3);
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
    const [one, two, three] = await startProcesses(server, 3);
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
