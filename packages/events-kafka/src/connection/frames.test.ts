import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFrames } from './frames.ts';

function frame(payload: Uint8Array): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(payload.length);
  return Buffer.concat([size, payload]);
}

/** Where frames end in the stream. */
function endsOf(frames: readonly Buffer[]): number[] {
  let end = 0;
  return [0, ...frames.map(({ length }) => (end += length))];
}

test('however the bytes are cut, whole frames come out, in order, and nothing else', () => {
  const payloads = fc.array(fc.uint8Array({ minLength: 4, maxLength: 40 }), { maxLength: 8 });
  fc.assert(
    fc.property(payloads, fc.array(fc.nat(400)), fc.uint8Array({ maxLength: 3 }), (all, cuts, rest) => {
      const frames = all.map(frame);
      const bytes = Buffer.concat([...frames, rest]);
      const places = [...cuts.filter((cut) => cut < bytes.length), bytes.length].toSorted((one, other) => one - other);
      const framesOf = createFrames();
      const pieces = places.flatMap((end, at) => framesOf(bytes.subarray(places[at - 1] ?? 0, end)) ?? []);
      expect(Buffer.concat(pieces)).toEqual(Buffer.concat(frames));
      let given = 0;
      for (const piece of pieces) expect(endsOf(frames)).toContain((given += piece.length));
    }),
  );
});

test.each([0, 3, -1, 600_000_000])('a size of %i is refused, wherever it comes', (size) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(size);
  const first = frame(Buffer.alloc(8));
  expect(() => createFrames()(bytes)).toThrow(/another protocol/);
  expect(() => createFrames()(Buffer.concat([first, bytes]))).toThrow(/another protocol/);
  const sliced = createFrames();
  expect(() => Array.from(Buffer.concat([first, bytes]), (byte) => sliced(Buffer.from([byte])))).toThrow(RangeError);
});
