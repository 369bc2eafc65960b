import { Buffer, isUtf8 } from 'node:buffer';
import { UndecodableError } from '../errors/undecodable-error.ts';
import type { PreparedEvent } from '../events/event.ts';
import { idProblem, keyProblem } from '../events/names.ts';
import type { Codec, DecodedEvent } from './codec.ts';
import { hasInexactNumber, numbersInData } from './json-numbers.ts';
import { maxNesting, nestsDeeperThan } from './json-text.ts';
import { parseTimestamp } from './timestamp.ts';

/**
 * `{ "id", "event_type", "timestamp", "source", "key"?, "data" }`, which a FastAPI Payments consumer understands as well.
 * Reads the bodies of that library too, and any with further fields.
 */
export const jsonCodec: Codec = { contentType: 'application/json', encode, decode };

/** The data must have passed `jsonIssues`: what JSON has no word for would be left out. */
function encode({ id, type, time, source, key, data }: PreparedEvent): Uint8Array {
  // A key that is undefined is left out.
  return Buffer.from(JSON.stringify({ id, event_type: type, timestamp: time, source, key, data }));
}

function decode(body: Uint8Array): DecodedEvent {
  const text = textOf(body);
  const envelope = parse(text);
  if (hasInexactNumber(text)) {
    throw new UndecodableError(
      'The body has a number that cannot be carried exactly: an integer beyond ±(2^53 − 1), or a decimal of too many digits. Its producer should send it as a string.',
      'inexact-number',
    );
  }
  return readEnvelope(envelope, text);
}

type Envelope = Readonly<Record<string, unknown>>;

function readEnvelope(
  { id, event_type: type, timestamp, source = '', key, data }: Envelope,
  text: string,
): DecodedEvent {
  if (typeof type !== 'string' || type === '') throw invalid('event_type', 'must be a text that is not empty');
  const time = typeof timestamp === 'string' ? parseTimestamp(timestamp) : undefined;
  if (time === undefined) throw invalid('timestamp', 'must be an RFC 3339 time');
  if (typeof source !== 'string') throw invalid('source', 'must be a string');
  if (data === undefined) throw invalid('data', 'is missing');
  refuse('id', id === undefined ? undefined : idProblem(id));
  refuse('key', key === undefined ? undefined : keyProblem(key));
  return { id, type, time, source, key, data, numberText: numberTexts(text, data) } as DecodedEvent;
}

function refuse(field: string, problem: string | undefined): void {
  if (problem !== undefined) throw invalid(field, problem);
}

function invalid(field: string, problem: string): UndecodableError {
  return new UndecodableError(`The body is JSON, but no event: "${field}" ${problem}.`, 'invalid-envelope');
}

function textOf(body: Uint8Array): string {
  if (body.byteLength === 0) throw new UndecodableError('The body is empty.', 'undecodable');
  if (!isUtf8(body)) throw new UndecodableError('The body is not UTF-8.', 'undecodable');
  try {
    return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
  } catch (error) {
    throw new UndecodableError('The body is larger than a string can be.', 'undecodable', { cause: error });
  }
}

/** The data is one level below the envelope. */
const maxLevels = maxNesting + 1;
/** Characters up to which parsing is quick whatever the text is. */
const quickLength = 65_536;

function parse(text: string): Envelope {
  if (text.length > quickLength && nestsDeeperThan(text, maxLevels)) throw hostile();
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    // Without the cause: its message quotes the body.
    throw new UndecodableError('The body is not JSON.', 'undecodable');
  }
  if (typeof root !== 'object' || root === null || Array.isArray(root)) {
    throw new UndecodableError('The body is JSON, but not an object.', 'undecodable');
  }
  if (!isHarmless(root, maxLevels)) throw hostile();
  return root as Envelope;
}

function hostile(): UndecodableError {
  return new UndecodableError(
    `The body is nested deeper than ${maxNesting} levels, or has a key "__proto__".`,
    'undecodable',
  );
}

/** `JSON.parse` itself makes `__proto__` a plain key; whoever copies the object by assignment would change a prototype. */
function isHarmless(value: object, levels: number): boolean {
  if (levels === 0) return false;
  if (Array.isArray(value)) {
    for (const item of value)
      if (typeof item === 'object' && item !== null && !isHarmless(item, levels - 1)) return false;
    return true;
  }
  for (const key in value) {
    if (key === '__proto__') return false;
    const child: unknown = value[key as keyof typeof value];
    if (typeof child === 'object' && child !== null && !isHarmless(child, levels - 1)) return false;
  }
  return true;
}

/** Read from the text only when asked: nobody asks for an event of our own. */
function numberTexts(text: string, data: unknown): DecodedEvent['numberText'] {
  let numbers: ReadonlyMap<string, string> | undefined;
  return (field) => {
    if (typeof data !== 'object' || data === null || !Object.hasOwn(data, field)) return undefined;
    if (typeof Reflect.get(data, field) !== 'number') return undefined;
    numbers ??= numbersInData(text);
    return numbers.get(field);
  };
}
