import type { DeadLetter, SweepVerdict } from '@payments/events-core';
import { beforeEach, expect, test } from 'vitest';
import { memoryServer, type MemoryServer } from './server/server.ts';
import { ack, createDesk, die, idOf, never, now, startProcess, turns, type Process } from './process.test-support.ts';

let server: MemoryServer;
let process: Process;

beforeEach(async () => {
  server = memoryServer({ clock: 'virtual' });
  process = await startProcess(server);
});

/** Five letters in `ledger`, whose deaths were not in the order of their sending. */
async function fiveLetters(): Promise<void> {
  const desk = createDesk();
  const subscription = await process.subscribe(desk.handle);
  for (const id of ['a', 'b', 'c', 'd', 'e']) await process.send(id, { key: `key of ${id}`, headers: { name: id } });
  await turns();
  for (const id of ['c', 'a', 'e', 'b', 'd']) {
    desk.answer(id, die(`reason of ${id}`, { attempts: '3' }));
    await server.advance(1_000);
  }
  await subscription.stop({ signal: never });
}

async function sweep(verdict: (letter: DeadLetter) => SweepVerdict | Promise<SweepVerdict>, signal = never) {
  const letters: DeadLetter[] = [];
  const result = await process.broker.deadLetters('ledger').sweep(
    async (letter) => {
      letters.push(letter);
      return verdict(letter);
    },
    { signal },
  );
  return { ...result, ids: letters.map(idOf), letters };
}

const keep: SweepVerdict = { action: 'keep' };

test('a letter is the message as it was, with who gave up on it, why and when', async () => {
  const start = process.runtime.clock.now();
  await fiveLetters();
  const { letters } = await sweep(() => keep);
  expect(letters[0]).toMatchObject({
    group: 'ledger',
    message: {
      id: 'c',
      type: 'payment.transaction.succeeded',
      key: 'key of c',
      headers: { name: 'c' },
      body: Buffer.from('c'),
    },
    reason: 'reason of c',
    diedAt: new Date(start),
    state: { attempts: '3' },
  });
  expect(letters[1]?.diedAt).toEqual(new Date(start + 1_000));
  expect(new Set(letters.map(({ id }) => id)).size).toBe(5);
});

test('a hundred sweeps that keep change nothing, the order of death included', async () => {
  await fiveLetters();
  for (let round = 0; round < 100; round += 1) {
    expect(await sweep(() => keep)).toMatchObject({ ids: ['c', 'a', 'e', 'b', 'd'], visited: 5, complete: true });
  }
  expect(await process.broker.backlog('ledger')).toMatchObject({ dead: 5 });
});

test('it can stop anywhere, by verdict, signal or error, and keeps what it visited last', async () => {
  await fiveLetters();
  expect(await sweep((letter) => (idOf(letter) === 'a' ? { action: 'stop' } : { action: 'discard' }))).toMatchObject({
    visited: 2,
    complete: false,
  });
  expect(await sweep(() => keep, now)).toMatchObject({ visited: 0, complete: false });
  const failing = sweep(() => {
    throw new Error('visit failed');
  });
  await expect(failing).rejects.toThrow('visit failed');
  expect((await sweep(() => keep)).ids).toEqual(['a', 'e', 'b', 'd']);
});

test('letters that arrive meanwhile are excluded', async () => {
  await fiveLetters();
  await process.subscribe(() => die('again'));
  let sent = 0;
  const { ids } = await sweep(async () => {
    sent += 1;
    await process.send(`late ${sent}`);
    await turns();
    return keep;
  });
  expect(ids).toHaveLength(5);
  expect((await sweep(() => keep)).ids).toHaveLength(10);
});

test('a redrive goes to this group alone, with the new state, and leaves the store', async () => {
  const mail = createDesk();
  await process.subscribe(mail.handle, { group: 'mail' });
  await fiveLetters();
  mail.answerAll(ack);
  const desk = createDesk();
  await process.subscribe(desk.handle);
  await sweep((letter) => (idOf(letter) === 'b' ? { action: 'redrive', state: { redrives: '1' } } : keep));
  await turns();
  expect(desk.came.map((delivery) => [idOf(delivery), delivery.state, delivery.unsettled])).toEqual([
    ['b', { redrives: '1' }, 0],
  ]);
  expect(mail.came).toHaveLength(5);
  expect((await sweep(() => keep)).ids).toEqual(['c', 'a', 'e', 'd']);
  desk.answerAll(die('again'));
  await turns();
  expect((await sweep(() => keep)).ids).toEqual(['c', 'a', 'e', 'd', 'b']);
});

test('a redriven event is outside the order of its key: it does not wait for those before it', async () => {
  const [letter, later] = [createDesk(), createDesk()];
  const first = await process.subscribe(letter.handle, { ordering: 'key', group: 'ledger' });
  await process.send('a', { key: 'k' });
  await turns();
  letter.answerAll(die());
  await turns();
  await first.stop({ signal: never });
  for (const id of ['b', 'c']) await process.send(id, { key: 'k' });
  await sweep(() => ({ action: 'redrive', state: {} }));
  await process.subscribe(later.handle, { ordering: 'key', group: 'ledger' });
  await turns();
  expect(later.came.map(idOf)).toEqual(['b', 'a', 'c']);
});

test('the connection lost between storing and removing doubles a letter, never loses it', async () => {
  await fiveLetters();
  const sweeping = sweep(() => {
    server.faults.link(process.broker).silence('from-broker');
    return { action: 'redrive', state: {} };
  });
  await turns();
  server.faults.killConnections();
  server.faults.link(process.broker).silence('none');
  await expect(sweeping).rejects.toMatchObject({ code: 'EVENTS_BROKER_UNAVAILABLE' });
  await server.advance(2_000);
  const ready = server.inspect().groups[0]?.ready;
  expect(ready).toEqual(['c']);
  expect((await sweep(() => keep)).ids).toEqual(['c', 'a', 'e', 'b', 'd']);
});

test('a second sweep at once is refused, from this process or another; a dead one is no obstacle', async () => {
  await fiveLetters();
  const other = await startProcess(server);
  const first = sweep(async () => {
    for (const { broker } of [process, other]) {
      await expect(broker.deadLetters('ledger').sweep(async () => keep, { signal: never })).rejects.toMatchObject({
        code: 'EVENTS_DEAD_LETTERS_BUSY',
      });
    }
    return keep;
  });
  expect((await first).complete).toBe(true);
  void other.broker.deadLetters('ledger').sweep(() => new Promise(() => {}), { signal: never });
  await turns();
  server.faults.killAdapter(other.broker);
  expect((await sweep(() => keep)).complete).toBe(true);
});

test('letters are kept as long as they lie there, discarded ones are gone', async () => {
  await fiveLetters();
  expect(server.inspect().held).toHaveLength(5);
  await sweep(() => ({ action: 'discard' }));
  expect(server.inspect().held).toEqual([]);
  expect((await sweep(() => keep)).ids).toEqual([]);
});

test('out of reach, they are an error, and so is a group that does not exist', async () => {
  await fiveLetters();
  server.faults.failDeadLetters(true);
  await expect(sweep(() => keep)).rejects.toMatchObject({ code: 'EVENTS_BROKER_UNAVAILABLE' });
  server.faults.failDeadLetters(false);
  server.faults.stop();
  await expect(sweep(() => keep)).rejects.toMatchObject({ code: 'EVENTS_BROKER_UNAVAILABLE' });
  server.faults.start();
  await server.advance(2_000);
  await expect(process.broker.deadLetters('legder').sweep(async () => keep, { signal: never })).rejects.toThrow(
    /no group "legder"/,
  );
});
