/** Kafka's own bound for a batch, which a message alone is: `max.message.bytes`, its default. */
const batchBytes = 1_048_588;
/** For the note of a copy, and for what frames a batch. */
const roomBytes = 16 * 1024;

/** Key, body and headers of an event. */
export const maxMessageBytes = batchBytes - roomBytes;
/** Of topics that hold copies: a copy is larger than what it was made from, whatever the other topic takes. */
export const maxCopyBatchBytes = 2 * 1024 * 1024;
/** Of an event's headers alone: what frames each of them has its place in the room as well. */
export const maxHeaderBytes = 16 * 1024;
