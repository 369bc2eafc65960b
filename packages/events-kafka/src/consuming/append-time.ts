import type { KafkaMessage } from 'kafkajs';

/** `LOG_APPEND_TIME` of the record format. */
const datedByBroker = 1;

/**
 * When the newest message was appended, in milliseconds since the Unix epoch; `before` where none of these is newer. Undefined
 * where it was not the broker that has dated one: a producer's clock may be any, and what was read before may be all gone soon.
 */
export function newestAppend(messages: readonly KafkaMessage[], before: number | undefined): number | undefined {
  let newest = before;
  let last: unknown;
  for (const message of messages) {
    // The types of the client leave it out. All of a batch are dated alike, and the clock may have gone back between two.
    const batch: unknown = Reflect.get(message, 'batchContext');
    if (batch === last) continue;
    last = batch;
    if (typeof batch !== 'object' || batch === null) continue;
    if (Reflect.get(batch, 'timestampType') !== datedByBroker) return undefined;
    newest = Math.max(newest ?? 0, Number(message.timestamp));
  }
  return newest;
}
