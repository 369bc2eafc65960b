import type { KafkaMessage } from 'kafkajs';
import { expect, test } from 'vitest';
import { newestAppend } from './append-time.ts';

/** Batches as the broker stores them: all messages of one are dated alike. */
function messagesOf(...batches: readonly { readonly at: number; readonly byProducer?: true }[]): KafkaMessage[] {
  return batches.flatMap(({ at, byProducer }) => {
    const batchContext = { timestampType: byProducer === true ? 0 : 1 };
    return [0, 1].map(() => Object.assign({ timestamp: `${at}` }, { batchContext }) as unknown as KafkaMessage);
  });
}

test('the newest counts, wherever it lies: the broker’s clock may have gone back', () => {
  expect(newestAppend(messagesOf({ at: 2_000 }, { at: 1_000 }), undefined)).toBe(2_000);
  expect(newestAppend(messagesOf({ at: 1_000 }), 2_000)).toBe(2_000);
  expect(newestAppend([], 2_000)).toBe(2_000);
});

test('once a producer has dated a message nobody knows: those that the broker has dated may be all gone soon', () => {
  expect(newestAppend(messagesOf({ at: 2_000 }, { at: 1, byProducer: true }), 1_000)).toBeUndefined();
});
