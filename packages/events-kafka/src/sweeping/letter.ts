import type { DeadLetter, DeliveryState } from '@payments/events-core';
import type { KafkaMessage } from 'kafkajs';
import { positionOf, toIncoming, type NativeRecord } from '../mapping.ts';
import { noteOf, originalOf, toCopy, type CopyRecord, type StoredNote } from '../messages/copy-note.ts';
import { lettersPartition } from './partitions.ts';

/** A letter as it was stored. */
export interface Letter {
  readonly message: KafkaMessage;
  readonly note: StoredNote | undefined;
  /** Without what was noted on it. */
  readonly original: KafkaMessage;
}

export function readLetter(message: KafkaMessage): Letter {
  const note = noteOf(message);
  return { message, note, original: note === undefined ? message : originalOf(message, note) };
}

/** A dead letter as core sees it. What somebody else has put there has no reason. */
export function toDeadLetter({ message, note, original }: Letter, group: string): DeadLetter {
  return {
    // The only one of its kind in the topic.
    id: message.offset,
    group: note?.group ?? group,
    message: toIncoming(original),
    reason: note?.reason ?? 'unknown',
    diedAt: new Date(note?.diedAt ?? Number(message.timestamp)),
    state: note?.state ?? {},
  };
}

/** To be handed over again. It keeps the place by which it is known. */
export function toRedriven({ message, note, original }: Letter, { topic, group, state }: Redriving): CopyRecord {
  const position = note?.position ?? positionOf(topic, lettersPartition, message.offset);
  return toCopy(original, { state, position, group });
}

interface Redriving {
  /** Where the letter lies. */
  readonly topic: string;
  readonly group: string;
  readonly state: DeliveryState;
}

/** Says that a letter is not there any more. */
export function removalOf({ message }: Letter): NativeRecord {
  return { key: null, value: Buffer.from(message.offset), headers: {} };
}

/** The offset of the letter that was removed; undefined for what is no removal. */
export function removedBy({ value }: KafkaMessage): string | undefined {
  const text = value?.toString() ?? '';
  return /^\d{1,19}$/.test(text) ? text : undefined;
}
