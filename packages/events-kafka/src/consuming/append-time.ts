import type { KafkaMessage } from 'kafkajs';

/** `LOG_APPEND_TIME` of the record format. */
const datedByBroker = 1;

/**
 * When the newest message was appended, in milliseconds since the Unix epoch; `before` where none of these is newer. Only what the broker has
 * dated counts: a producer's clock may be any.
 */
export function newestAppend(messages: readonly KafkaMessage[], before: number | undefined): number | undefined {
  const newest = messages.at(-1);
  // The types of the client leave it out.
  const batch: unknown = newest === undefined ? undefined : Reflect.get(newest, 'batchContext');
  if (newest === undefined || typeof batch !== 'object' || batch === null) return before;
  if (Reflect.get(batch, 'timestampType') !== datedByBroker) return before;
  return Math.max(before ?? 0, Number(newest.timestamp));
}
