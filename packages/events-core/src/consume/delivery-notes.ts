import type { DeliveryState } from '../contract/delivery.ts';
import type { ErrorDescription } from '../errors/describe-error.ts';

/** What core knows of an event's past in a group; travels with the message as `DeliveryState`. */
export interface DeliveryNotes {
  /** Attempts that have failed so far. */
  readonly attempts: number;
  readonly firstFailedAt?: Date;
  readonly lastFailedAt?: Date;
  readonly error?: ErrorDescription;
  /** How often operators have redriven it. */
  readonly redrives: number;
  /** The id core gave an event whose producer gave none. */
  readonly id?: string;
}

const blank: DeliveryNotes = { attempts: 0, redrives: 0 };

/** Reads what `writeNotes` wrote. What cannot be read counts as absent: state comes back through a broker. */
export function readNotes(state: DeliveryState): DeliveryNotes {
  // Nearly every delivery is an event's first.
  if (isEmpty(state)) return blank;
  const firstFailedAt = readDate(state['first-failed-at']);
  const lastFailedAt = readDate(state['last-failed-at']);
  const name = readText(state['error-name']);
  const id = readText(state['id']);
  return {
    attempts: readCount(state['attempts']),
    redrives: readCount(state['redrives']),
    ...(firstFailedAt === undefined ? {} : { firstFailedAt }),
    ...(lastFailedAt === undefined ? {} : { lastFailedAt }),
    ...(name === undefined ? {} : { error: { name, text: readText(state['error-text']) ?? '' } }),
    ...(id === undefined ? {} : { id }),
  };
}

export function writeNotes(notes: DeliveryNotes): DeliveryState {
  return {
    attempts: String(notes.attempts),
    ...(notes.redrives === 0 ? {} : { redrives: String(notes.redrives) }),
    ...(notes.firstFailedAt === undefined ? {} : { 'first-failed-at': notes.firstFailedAt.toISOString() }),
    ...(notes.lastFailedAt === undefined ? {} : { 'last-failed-at': notes.lastFailedAt.toISOString() }),
    ...(notes.error === undefined ? {} : { 'error-name': notes.error.name, 'error-text': notes.error.text }),
    ...(notes.id === undefined ? {} : { id: notes.id }),
  };
}

/** After one more failed attempt. */
export function notesAfterFailure(notes: DeliveryNotes, error: ErrorDescription, at: Date): DeliveryNotes {
  return { ...notes, attempts: notes.attempts + 1, firstFailedAt: notes.firstFailedAt ?? at, lastFailedAt: at, error };
}

/** For a dead letter that goes back to its group: attempts begin again. */
export function notesAfterRedrive(notes: DeliveryNotes): DeliveryState {
  return writeNotes({ attempts: 0, redrives: notes.redrives + 1, ...(notes.id === undefined ? {} : { id: notes.id }) });
}

function isEmpty(state: DeliveryState): boolean {
  for (const _key in state) return false;
  return true;
}

/** What an adapter hands over as text may be anything at run time. */
function readText(text: unknown): string | undefined {
  return typeof text === 'string' ? text : undefined;
}

function readCount(text: unknown): number {
  const count = Number(readText(text) ?? 0);
  return Number.isSafeInteger(count) && count >= 0 ? count : 0;
}

function readDate(text: unknown): Date | undefined {
  const date = new Date(readText(text) ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}
