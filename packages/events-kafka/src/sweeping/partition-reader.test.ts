import type { Clock } from '@payments/events-core';
import type { KafkaMessage } from 'kafkajs';
import { expect, test } from 'vitest';
import { messagesFrom } from '../consuming/partition-log.test-support.ts';
import type { Fetched } from '../consuming/seat.ts';
import { createPartitionReader } from './partition-reader.ts';

/** A reader, with what it has told the client. Time passes only in `pass`. */
function createBench({ begin = 0, end }: { readonly begin?: number; readonly end: number }) {
  const timers = new Set<() => void>();
  const clock: Clock = {
    now: () => 0,
    elapsed: () => 0,
    schedule(_, run) {
      timers.add(run);
      return () => void timers.delete(run);
    },
  };
  const told: string[] = [];
  const over = new AbortController();
  const place = { topic: 't', partition: 0 };
  const reader = createPartitionReader({ place, begin, end, clock, over: over.signal });
  const steering = {
    pause: () => void told.push('pause'),
    resume: () => void told.push('resume'),
    seek: (_: unknown, offset: number) => void told.push(`seek ${offset}`),
  };
  return {
    reader,
    steering,
    told,
    over,
    pass: () => [...timers].forEach((run) => run()),
    take(messages: readonly KafkaMessage[], last: number): Promise<void> {
      const batch = { topic: 't', partition: 0, messages, lastOffset: () => String(last) };
      return reader.take({ batch, resolveOffset: () => void told.push(`resolve ${last}`) } as unknown as Fetched);
    },
    async read(count: number): Promise<number[]> {
      const offsets: number[] = [];
      while (offsets.length < count) offsets.push(Number((await reader.next())?.offset));
      return offsets;
    },
    async readAll(): Promise<number[]> {
      const offsets: number[] = [];
      for (let one = await reader.next(); one !== undefined; one = await reader.next())
        offsets.push(Number(one.offset));
      return offsets;
    },
  };
}

test('it reads up to its end, and nothing behind that', async () => {
  const { reader, steering, take, readAll, told } = createBench({ end: 5 });
  reader.joined(steering);
  const reading = readAll();
  await take(messagesFrom(0, 3), 2);
  await take(messagesFrom(3, 4), 6);
  expect(await reading).toEqual([0, 1, 2, 3, 4]);
  expect(told).toEqual(['resolve 2', 'resolve 6', 'pause']);
  await take(messagesFrom(7, 1), 7);
  expect(told.at(-1)).toBe('pause');
});

test('records that are not there are no reason to wait for them', async () => {
  const { take, readAll } = createBench({ begin: 2, end: 9 });
  const reading = readAll();
  await take(messagesFrom(4, 1), 8);
  expect(await reading).toEqual([4]);
  expect(await createBench({ begin: 4, end: 4 }).readAll()).toEqual([]);
});

test('what is visited slowly does not hold the client, which fetches no more meanwhile', async () => {
  const { reader, steering, take, read, told, pass } = createBench({ end: 9 });
  reader.joined(steering);
  const first = read(1);
  const taking = take(messagesFrom(0, 3), 2);
  await first;
  pass();
  await taking;
  expect(told).toEqual(['resolve 2', 'pause']);
  expect(await read(2)).toEqual([1, 2]);
  const next = reader.next();
  expect(told).toEqual(['resolve 2', 'pause', 'resume']);
  const last = take(messagesFrom(3, 1), 3);
  expect((await next)?.offset).toBe('3');
  pass();
  await last;
});

test('before it is asked it takes one batch', async () => {
  const { reader, steering, take, read, told } = createBench({ end: 9 });
  reader.joined(steering);
  await take(messagesFrom(0, 3), 2);
  await take(messagesFrom(3, 3), 5);
  expect(told).toEqual(['resolve 2', 'pause', 'pause']);
  expect(await read(3)).toEqual([0, 1, 2]);
});

test('after another join it goes on where it was, and what comes again is skipped', async () => {
  const { reader, steering, take, readAll, told } = createBench({ end: 5 });
  reader.joined(steering);
  await take(messagesFrom(0, 3), 2);
  reader.joined(steering);
  expect(told).toEqual(['resolve 2', 'pause', 'seek 3', 'pause']);
  const reading = readAll();
  await expect.poll(() => told.at(-1)).toBe('resume');
  await take(messagesFrom(0, 3), 2);
  await take(messagesFrom(1, 4), 4);
  expect(await reading).toEqual([0, 1, 2, 3, 4]);
});

test('it ends with the reason for which it is over, and when nothing comes', async () => {
  const { reader, over, pass } = createBench({ end: 9 });
  const waiting = reader.next();
  const why = new Error('lost');
  over.abort(why);
  await expect(waiting).rejects.toBe(why);
  await expect(reader.next()).rejects.toBe(why);
  const other = createBench({ end: 9 });
  const silent = other.reader.next();
  other.pass();
  await expect(silent).rejects.toThrow('Nothing more comes');
  pass();
});
