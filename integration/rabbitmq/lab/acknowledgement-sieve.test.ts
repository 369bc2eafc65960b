import { describe, expect, test } from 'vitest';
import { acknowledgementSieve } from './acknowledgement-sieve.ts';

function frame(type: number, payload: readonly number[]): Buffer {
  const header = Buffer.from([type, 0, 1, 0, 0, 0, 0]);
  header.writeUInt32BE(payload.length, 3);
  return Buffer.concat([header, Buffer.from(payload), Buffer.from([0xce])]);
}

const acknowledgement = frame(1, [0, 60, 0, 80, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
const refusal = frame(1, [0, 60, 0, 120, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
const heartbeat = frame(8, []);
/** A body that looks like an acknowledgement. */
const body = frame(3, [...acknowledgement]);

function sieved(count: number, chunks: readonly Buffer[]): readonly (number | undefined)[] {
  const losses: number[] = [];
  const sieve = acknowledgementSieve({ left: count }, () => losses.push(1));
  const places = chunks.map((chunk) => sieve(chunk));
  expect(losses).toHaveLength(places.filter((place) => place !== undefined).length);
  return places;
}

describe('the sieve of acknowledgements', () => {
  test('lets everything pass while none is to be lost', () => {
    expect(sieved(0, [Buffer.concat([heartbeat, acknowledgement, body])])).toEqual([undefined]);
  });

  test('ends the stream where the acknowledgement begins', () => {
    const before = Buffer.concat([heartbeat, body, refusal, heartbeat]);
    expect(sieved(1, [Buffer.concat([before, acknowledgement, heartbeat])])).toEqual([before.length]);
  });

  test('is not misled by where packets end', () => {
    const stream = Buffer.concat([body, heartbeat, refusal, acknowledgement]);
    const bytes = [...stream].map((byte) => Buffer.from([byte]));
    const places = sieved(1, bytes);
    const at = places.findIndex((place) => place !== undefined);
    expect(at).toBeGreaterThanOrEqual(stream.length - acknowledgement.length);
    expect(places[at]).toBe(0);
  });
});
