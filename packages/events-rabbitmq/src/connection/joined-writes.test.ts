import { PassThrough, Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { joinedWrites } from './joined-writes.ts';

function socket() {
  const calls: string[][] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _, done) {
      calls.push([chunk]);
      done();
    },
    writev(chunks, done) {
      calls.push(chunks.map(({ chunk }) => chunk as string));
      done();
    },
  });
  return { stream, calls };
}

/** As the client does: a buffer that says in the next tick that it can be read, and is read in the next immediate. */
function clientOn(stream: Writable) {
  const buffer = new PassThrough({ objectMode: true });
  const read = () => {
    for (let chunk: unknown = buffer.read(); chunk !== null; chunk = buffer.read()) stream.write(chunk);
  };
  buffer.on('readable', () => void setImmediate(read));
  return (message: string) => void buffer.write(message);
}

test('what is published in one turn goes out at once, and what is published in the next without it', async () => {
  const { stream, calls } = socket();
  const publish = clientOn(stream);
  const join = joinedWrites(stream);
  for (const message of ['1', '2', '3']) {
    publish(message);
    join();
  }
  // The turn in which the client writes, and its end.
  await nextTurn();
  await nextTurn();
  expect(calls).toEqual([['1', '2', '3']]);
  publish('4');
  join();
  await nextTurn();
  await nextTurn();
  expect(calls).toEqual([['1', '2', '3'], ['4']]);
  expect(stream.writableCorked).toBe(0);
});

test('a stream that is destroyed meanwhile is no error', async () => {
  const { stream, calls } = socket();
  const publish = clientOn(stream);
  publish('1');
  joinedWrites(stream)();
  stream.destroy();
  await nextTurn();
  await nextTurn();
  expect(calls).toEqual([]);
});
