import { beforeEach, describe, expect, test } from 'vitest';
import {
  ack,
  createDesk,
  idsOf,
  now,
  sendMany,
  startProcess,
  startProcesses,
  turns,
  until,
} from './process.test-support.ts';
import { memoryServer, type MemoryServer } from './server/server.ts';

let server: MemoryServer;

beforeEach(() => {
  server = memoryServer({ clock: 'virtual' });
});

describe('sharing', () => {
  test('each consumer gets its turn, and none more than it may hold', async () => {
    const all = await startProcesses(server, 5);
    const desks = all.map(() => createDesk());
    await Promise.all(
      all.map((process, index) => process.subscribe(desks[index]?.handle ?? (() => ack), { maxInFlight: 4 })),
    );
    if (all[0] !== undefined) await sendMany(all[0], 100);
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
    const [process] = await startProcesses(server, 1);
    if (process === undefined) return;
    for (let index = 0; index < 3; index += 1) await process.send(`t${index}`);
    for (let index = 0; index < 3; index += 1) await process.send(`i${index}`, { type: 'payment.invoice.paid' });
    const desk = createDesk();
    await process.subscribe(desk.handle);
    await turns();
    expect(idsOf(desk.came)).toEqual(['t0', 'i0', 't1', 'i1', 't2', 'i2']);
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
    const [process] = await startProcesses(server, 1);
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
