import { beforeEach, describe, expect, test } from 'vitest';
import { ack, createDesk, idOf, startProcess, turns, type Process } from './process.test-support.ts';
import { memoryServer, type MemoryServer } from './server/server.ts';

let server: MemoryServer;

beforeEach(() => {
  server = memoryServer({ clock: 'virtual', leaseMs: 3_000 });
});

const states = ({ notices }: Process) =>
  notices.map((notice) => (notice.kind === 'connection' ? notice.state : notice.kind));

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
