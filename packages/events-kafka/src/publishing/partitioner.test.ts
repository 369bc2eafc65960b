import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { expect, test } from 'vitest';
import { partitionOf } from './partitioner.ts';

const theirs = Partitioners.DefaultPartitioner();

/** As the client chooses it, which is as Java's does. */
function expected(key: Buffer | string, partitions: number): number {
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 0,
    replicas: [],
    isr: [],
  }));
  return theirs({ topic: 't', partitionMetadata, message: { key, value: null } });
}

test("any key goes where the client's own partitioner puts it", () => {
  const keys = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constant('é'.repeat(2_000)),
  );
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 64 }), (key, partitions) => {
      expect(partitionOf(key, partitions)).toBe(expected(key, partitions));
    }),
  );
});

test('the partitions of some keys are those that other clients choose', () => {
  const keys = ['', 'a', 'ab', 'abc', 'payment_4711'];
  expect(keys.map((key) => partitionOf(key, 1_000))).toMatchInlineSnapshot(`
    [
      681,
      524,
      434,
      107,
      155,
    ]
  `);
});
