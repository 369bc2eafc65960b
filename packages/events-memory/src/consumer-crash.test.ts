import { beforeEach, describe, expect, test } from 'vitest';
import { ack, createDesk, idOf, retryAfter, sendMany, startProcesses, turns } from './process.test-support.ts';
import { memoryServer, type MemoryServer } from './server/server.ts';

let server: MemoryServer;

beforeEach(() => {
  server = memoryServer({ clock: 'virtual' });
});

describe('a consumer that dies', () => {
  test('what it held comes back in order before anything newer, and is charged', async () => {
    const [dying, other] = await startProcesses(server, 2);
    const desk = createDesk();
    await dying?.subscribe(desk.handle, { maxInFlight: 3 });
    if (dying !== undefined) await sendMany(dying, 6);
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
    const [watcher] = await startProcesses(server, 1);
    if (watcher === undefined) return;
    await sendMany(watcher, 4);
    for (let crash = 0; crash < 2; crash += 1) {
      const [victim] = await startProcesses(server, 1);
      await victim?.subscribe(createDesk().handle);
      await turns();
      if (victim !== undefined) server.faults.killAdapter(victim.broker);
    }
    await sendMany(watcher, 4, 5);
    const [last] = await startProcesses(server, 1);
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
    const [one, two] = await startProcesses(server, 2);
    if (one === undefined || two === undefined) return;
    const [reserved, free] = [createDesk(), createDesk()];
    await one.send('poison');
    for (const crash of [1, 2]) {
      const [victim] = await startProcesses(server, 1);
      await victim?.subscribe(createDesk().handle, { maxInFlight: 1 });
      await turns();
      if (crash === 2) {
        await one.subscribe(reserved.handle, { maxInFlight: 2 });
        await two.subscribe(free.handle, { maxInFlight: 2 });
        await sendMany(one, 4);
        await turns();
      }
      if (victim !== undefined) server.faults.killAdapter(victim.broker);
    }
    await sendMany(one, 10, 5);
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
    const [watcher] = await startProcesses(server, 1);
    if (watcher === undefined) return;
    await watcher.send('poison');
    for (let crash = 0; crash < 2; crash += 1) {
      const [victim] = await startProcesses(server, 1);
      await victim?.subscribe(createDesk().handle);
      await turns();
      if (victim !== undefined) server.faults.killAdapter(victim.broker);
    }
    const desk = createDesk();
    await watcher.subscribe(desk.handle);
    await turns();
    await sendMany(watcher, 3);
    await turns();
    expect(desk.waiting).toEqual(['poison']);
    desk.answerAll(ack);
    await turns();
    expect(desk.waiting).toEqual(['m1', 'm2', 'm3']);
  });

  test('a settlement ends the count of crashes', async () => {
    const [watcher, heir] = await startProcesses(server, 2);
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
    const [process] = await startProcesses(server, 1);
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
