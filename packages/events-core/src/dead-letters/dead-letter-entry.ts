import { readNotes } from '../consume/delivery-notes.ts';
import { openDelivery, type Opening } from '../consume/open-delivery.ts';
import { validateEvent } from '../consume/validate-event.ts';
import type { DeadLetter } from '../contract/dead-letters.ts';
import type { IncomingMessage } from '../contract/message.ts';
import type { ErrorDescription } from '../errors/describe-error.ts';
import type { Event } from '../events/event.ts';

/** A dead letter as an operator sees it. `E` is the union of the catalogue's events. */
export interface DeadLetterEntry<E extends Event = Event> {
  /** The letter's own id, for `discard`. The same event may lie here twice after an ambiguous failure. */
  readonly id: string;
  /** Undefined where the message cannot be decoded, is of a type outside the catalogue, or does not fit its schema. */
  readonly event: E | undefined;
  /** A handler's own words, or core's: `attempts-exhausted`, `undecodable`, `crash-loop` … */
  readonly reason: string;
  /** Attempts that have failed, those in which no handler ran included (an undecodable body counts as one); 0 where a broker's own limit put it here. */
  readonly attempts: number;
  readonly firstFailedAt?: Date;
  readonly lastFailedAt?: Date;
  /** The last failure, redacted. */
  readonly error?: ErrorDescription;
  /** How often operators have redriven it already. */
  readonly redrives: number;
  readonly diedAt: Date;
  /** The original bytes and headers. */
  readonly message: IncomingMessage;
}

/** Never rejects for what lies in the letter. */
export async function entryOf(letter: DeadLetter, opening: Opening): Promise<DeadLetterEntry> {
  const { attempts, firstFailedAt, lastFailedAt, error, redrives } = readNotes(letter.state);
  return {
    id: letter.id,
    event: await eventOf(letter, opening),
    reason: letter.reason,
    attempts,
    redrives,
    diedAt: letter.diedAt,
    message: letter.message,
    ...(firstFailedAt === undefined ? {} : { firstFailedAt }),
    ...(lastFailedAt === undefined ? {} : { lastFailedAt }),
    ...(error === undefined ? {} : { error }),
  };
}

async function eventOf(letter: DeadLetter, opening: Opening): Promise<Event | undefined> {
  try {
    const opened = openDelivery(opening, letter, readNotes(letter.state));
    if (opened.kind !== 'event') return undefined;
    const validated = await validateEvent(opened.event, opened.definition);
    return 'event' in validated ? validated.event : undefined;
  } catch {
    // A schema that throws must not keep an operator from seeing and redriving the letter.
    return undefined;
  }
}
