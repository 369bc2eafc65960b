const grammar = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))?$/;

/**
 * An RFC 3339 time; one without an offset is UTC, as Python writes it. Digits behind the millisecond are cut off.
 * Undefined for what is no time, or before the year 100: `Date.parse` would take 30 February for 2 March, and a time
 * without an offset for local.
 */
export function parseTimestamp(text: string): Date | undefined {
  return ownTimestamp(text) ?? anyTimestamp(text);
}

/** The last one read and the last one written: many events share a millisecond, and a time costs as much as the rest of an envelope. */
const lastRead = { text: '', ms: 0 };
const lastWritten = { text: '', ms: Number.NaN };

/** RFC 3339 in UTC with milliseconds: `2026-11-23T09:00:36.165Z`. The time must be valid. */
export function formatTimestamp(time: Date): string {
  const ms = time.getTime();
  if (ms !== lastWritten.ms) {
    lastWritten.text = time.toISOString();
    lastWritten.ms = ms;
  }
  return lastWritten.text;
}

/** What `formatTimestamp` wrote: a time that comes out as it went in. */
function ownTimestamp(text: string): Date | undefined {
  if (text.length !== 24) return undefined;
  if (text === lastRead.text) return new Date(lastRead.ms);
  const time = new Date(text);
  if (Number.isNaN(time.getTime()) || time.getUTCFullYear() < 100 || time.toISOString() !== text) return undefined;
  lastRead.text = text;
  lastRead.ms = time.getTime();
  return time;
}

function anyTimestamp(text: string): Date | undefined {
  const match = grammar.exec(text);
  if (match === null) return undefined;
  const year = Number(match[1]);
  const day = Number(match[3]);
  const hours = Number(match[4]);
  const minutes = Number(match[5]);
  const seconds = Number(match[6]);
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const milliseconds = Number((match[7] ?? '0').slice(0, 3).padEnd(3, '0'));
  const local = new Date(Date.UTC(year, Number(match[2]) - 1, day, hours, minutes, seconds, milliseconds));
  // A month or day that does not exist has rolled over into another.
  if (local.getUTCFullYear() !== year || local.getUTCDate() !== day) return undefined;
  return match[8] === undefined ? local : withoutOffset(local, match[8], Number(match[9]), Number(match[10]));
}

function withoutOffset(local: Date, sign: string, hours: number, minutes: number): Date | undefined {
  if (hours > 23 || minutes > 59) return undefined;
  const offsetMs = (hours * 60 + minutes) * 60_000;
  return new Date(local.getTime() + (sign === '+' ? -offsetMs : offsetMs));
}

/** Why a time cannot be an event's, or undefined. RFC 3339 writes years with four digits. */
export function timeProblem(time: unknown): string | undefined {
  if (!(time instanceof Date) || Number.isNaN(time.getTime())) return 'must be a valid Date';
  const year = time.getUTCFullYear();
  return year >= 100 && year <= 9_999 ? undefined : 'must be in the years 100 to 9999';
}
