import { describe, expect, test } from 'vitest';
import { memory } from './adapter.ts';
import {
  ack,
  createDesk,
  createProcess,
  ledger,
  never,
  now,
  retryAfter,
  startProcess,
  turns,
} from './process.test-support.ts';
import { memoryServer } from './server/server.ts';

async function started(options: Parameters<typeof memory>[0] = { clock: 'virtual' }) {
  const process = createProcess(memory(options));
  await process.broker.connect(process.runtime, { signal: never });
  return process;
}

describe('idle', () => {
  test('waits for handlers that take turns of the event loop, not for retries', async () => {
    const process = await started();
    let done = 0;
    await process.subscribe(async ({ state }) => {
      await turns(100);
      done += 1;
      return state['again'] === undefined ? retryAfter(1_000, { again: 'yes' }) : ack;
    });
    for (const id of ['m1', 'm2', 'm3']) await process.send(id);
    await process.broker.idle();
    expect(done).toBe(3);
    expect(await process.broker.backlog('ledger')).toMatchObject({ retrying: 3 });
    await process.broker.advance(1_000);
    await process.broker.idle();
    expect(done).toBe(6);
  });

  test('waits for what handlers publish, in every process of the server', async () => {
    const server = memoryServer({ clock: 'virtual' });
    const [one, two] = [await startProcess(server), await startProcess(server)];
    const handled: string[] = [];
    for (const [process, other] of [
      [one, two],
      [two, one],
    ] as const) {
      await process.subscribe(async ({ message }) => {
        handled.push(message.id ?? '');
        if (handled.length < 20) await other.send(`m${handled.length}`);
        return ack;
      });
    }
    await one.send('m0');
    await one.broker.idle();
    expect(handled).toHaveLength(20);
  });

  test('when it takes too long it says what is open', async () => {
    const process = await started();
    const desk = createDesk();
    await process.subscribe(desk.handle);
    await process.send('m1');
    const idling = process.broker.idle({ timeoutMs: 30 });
    await expect(idling).rejects.toThrow(
      /30 ms: 1 handlers or publishes are running; group "ledger" has 1 in flight, the first is payment.transaction.succeeded m1/,
    );
  });

  test('does not wait for a process that has closed or died', async () => {
    const server = memoryServer({ clock: 'virtual' });
    const [closed, killed, watcher] = [
      await startProcess(server),
      await startProcess(server),
      await startProcess(server),
    ];
    for (const [process, group] of [
      [closed, 'a'],
      [killed, 'b'],
    ] as const)
      await process.subscribe(createDesk().handle, { group });
    await watcher.send('m1');
    await turns();
    expect([closed.runtime.busy(), killed.runtime.busy()]).toEqual([1, 1]);
    await closed.broker.close({ signal: now });
    server.faults.killAdapter(killed.broker);
    await watcher.broker.idle({ timeoutMs: 1_000 });
  });

  test('has nothing to wait for where nobody can take what is there', async () => {
    const process = await started();
    await process.broker.declareGroup(ledger);
    await process.send('m1');
    await process.broker.idle();
  });
});
