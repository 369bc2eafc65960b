import { ConfigurationError } from '../errors/configuration-error.ts';

const maxTypeLength = 200;
const typeGrammar = /^[a-z0-9_]+(?:\.[a-z0-9_]+){1,7}$/;
const groupGrammar = /^[a-z0-9][a-z0-9_-]{0,62}$/;
/** An RFC 9110 token in lower case that begins with a letter or a digit, which keeps `__proto__` out. */
const headerNameGrammar = /^[a-z0-9][a-z0-9!#$%&'*+.^_`|~-]{0,99}$/;
/** Unicode's category Cc, spelled out: several times faster than `\p{Cc}`, and asked for each id and key. */
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/;

/** Why a text is not an event type, or undefined: 2–8 words of `[a-z0-9_]` joined by dots, at most 200 characters, not all `payment`. */
export function typeProblem(type: unknown): string | undefined {
  if (typeof type !== 'string') return 'must be a string';
  if (type.length > maxTypeLength) return `must have at most ${maxTypeLength} characters`;
  if (!typeGrammar.test(type)) return 'must be 2 to 8 words of a-z, 0-9 and _, joined by dots';
  if (type.split('.').every((word) => word === 'payment')) return 'must have a word that is not "payment"';
  return undefined;
}

/**
 * The log or channel an event of this type travels in: the first word that is not `payment`.
 * @throws {ConfigurationError} when there is no such word; no valid type is without.
 */
export function topicOf(type: string): string {
  const topic = type.split('.').find((word) => word !== 'payment' && word !== '');
  if (topic === undefined) throw new ConfigurationError(`An event type ${typeProblem(type)}.`, 'type');
  return topic;
}

/** Why a text is not a group, or undefined: `[a-z0-9][a-z0-9_-]{0,62}`. */
export function groupProblem(group: unknown): string | undefined {
  if (typeof group === 'string' && groupGrammar.test(group)) return undefined;
  return 'must be 1 to 63 characters of a-z, 0-9, _ and -, the first a letter or a digit';
}

/** @throws {ConfigurationError} with the given path, such as `consumer.group`. */
export function checkGroup(group: unknown, path: string): void {
  const problem = groupProblem(group);
  if (problem !== undefined) throw new ConfigurationError(`${path} ${problem}.`, path);
}

/** Why a text cannot be a key, or undefined: 1–255 bytes of UTF-8, well-formed, no control characters. */
export function keyProblem(key: unknown): string | undefined {
  if (typeof key !== 'string') return 'must be a string';
  // Every character is at least one byte: only long keys need counting.
  if (key === '' || key.length > 255 || Buffer.byteLength(key) > 255) return 'must have 1 to 255 bytes of UTF-8';
  return textProblem(key);
}

/** Why a text cannot be an event id, or undefined: 1–200 characters, well-formed, no control characters. */
export function idProblem(id: unknown): string | undefined {
  if (typeof id !== 'string') return 'must be a string';
  if (id === '' || id.length > 200) return 'must have 1 to 200 characters';
  return textProblem(id);
}

/** Why a text cannot be a header's name, or undefined: a lower-case token of 1–100 characters. */
export function headerNameProblem(name: string): string | undefined {
  if (headerNameGrammar.test(name)) return undefined;
  return 'must be a lower-case token of 1 to 100 characters, the first a letter or a digit';
}

/** Why a text cannot be a header's value, or undefined: well-formed, no control characters. */
export function headerValueProblem(value: unknown): string | undefined {
  return typeof value === 'string' ? textProblem(value) : 'must be a string';
}

function textProblem(text: string): string | undefined {
  if (!text.isWellFormed()) return 'must be well-formed Unicode: it has half a surrogate pair';
  if (controlCharacter.test(text)) return 'must not have control characters';
  return undefined;
}
