import { describe, expect, test } from 'vitest';
import { produceSieve } from './produce-sieve.ts';

function frame(...parts: readonly Buffer[]): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(parts.reduce((sum, part) => sum + part.length, 0));
  return Buffer.concat([size, ...parts]);
}

function numbers(...values: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer {
  return Buffer.concat(
    values.map(([length, value]) => {
      const bytes = Buffer.alloc(length);
      bytes.writeIntBE(value, 0, length);
      return bytes;
    }),
  );
}

const request = (api: number, correlation: number, body: Buffer = Buffer.alloc(30)) =>
  frame(numbers([2, api], [2, 7], [4, correlation]), body);
const reply = (correlation: number, body: Buffer = Buffer.alloc(30)) => frame(numbers([4, correlation]), body);

function sieveOf(count: number) {
  const lost = { left: count };
  let hear: (chunk: Buffer) => void = () => {};
  let losses = 0;
  const reply = produceSieve(lost, () => (losses += 1), { onRequest: (listener) => void (hear = listener) });
  return { request: (chunk: Buffer) => hear(chunk), reply, losses: () => losses, lost };
}

describe('the sieve of answers to producing', () => {
  test('lets everything pass while none is to be lost', () => {
    const sieve = sieveOf(0);
    sieve.request(Buffer.concat([request(0, 1), request(1, 2)]));
    expect(sieve.reply(Buffer.concat([reply(1), reply(2)]))).toBe(undefined);
    expect(sieve.losses()).toBe(0);
  });

  test('ends the stream where the answer to a produce request begins, and not before', () => {
    const sieve = sieveOf(1);
    // The body of a fetch may look like a produce request, and its answer like the answer to one.
    sieve.request(Buffer.concat([request(3, 1), request(1, 2, request(0, 9)), request(0, 3), request(3, 4)]));
    const before = Buffer.concat([reply(1), reply(2, reply(9))]);
    expect(sieve.reply(Buffer.concat([before, reply(3), reply(4)]))).toBe(before.length);
    expect([sieve.losses(), sieve.lost.left]).toEqual([1, 0]);
  });

  test('is not misled by where packets end', () => {
    const sieve = sieveOf(1);
    for (const byte of Buffer.concat([request(1, 1), request(0, 2)])) sieve.request(Buffer.from([byte]));
    const answers = Buffer.concat([reply(1), reply(2)]);
    const places = [...answers].map((byte) => sieve.reply(Buffer.from([byte])));
    const at = places.findIndex((place) => place !== undefined);
    expect(at).toBeGreaterThanOrEqual(reply(1).length);
    expect(at).toBeLessThan(reply(1).length + 8);
    expect(places[at]).toBe(0);
  });

  test('loses as many as it is told, on whatever connection they come', () => {
    const sieve = sieveOf(0);
    sieve.request(Buffer.concat([request(0, 1), request(0, 2)]));
    expect(sieve.reply(reply(1))).toBe(undefined);
    sieve.lost.left = 1;
    expect(sieve.reply(reply(2))).toBe(0);
  });
});
