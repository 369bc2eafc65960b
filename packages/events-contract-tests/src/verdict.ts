import { isDeepStrictEqual, inspect } from 'node:util';

/** A promise of the contract was broken, and this says how. Mutants must die of one; any other error is a broken experiment. */
export class VerdictError extends Error {
  override readonly name = 'VerdictError';
}

/** Broken. @throws {VerdictError} always */
export function fail(message: string): never {
  throw new VerdictError(message);
}

/** @throws {VerdictError} unless the condition holds. `message` says what was promised and what was seen. */
export function holds(condition: boolean, message: string): asserts condition {
  if (!condition) fail(message);
}

/** @throws {VerdictError} unless both are deeply and strictly equal. */
export function equal<T>(actual: T, expected: T, what: string): void {
  if (!isDeepStrictEqual(actual, expected)) fail(`${what}: expected ${show(expected)}, got ${show(actual)}`);
}

/** @throws {VerdictError} unless `least ≤ actual ≤ most`. */
export function between(actual: number, least: number, most: number, what: string): void {
  if (!(actual >= least && actual <= most)) fail(`${what}: expected ${least} to ${most}, got ${actual}`);
}

interface ErrorClass<T> {
  readonly name: string;
  readonly prototype: T;
  isInstance(value: unknown): boolean;
}

/**
 * The error an action rejects with, or throws, which must be of that class.
 * @throws {VerdictError} when it succeeds or fails in another way.
 */
export async function failsWith<T>(expected: ErrorClass<T>, action: () => unknown, what: string): Promise<T> {
  let result: unknown;
  try {
    result = await action();
  } catch (error) {
    if (expected.isInstance(error)) return error as T;
    if (error instanceof VerdictError) throw error;
    return fail(`${what}: expected ${expected.name}, got ${show(error)}`);
  }
  return fail(`${what}: expected ${expected.name}, but it succeeded with ${show(result)}`);
}

export function show(value: unknown): string {
  const text =
    value instanceof Error ? `${value.name}: ${value.message}` : inspect(value, { depth: 4, breakLength: 120 });
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}

/** `12 events: a, b, c, …`: a count with the first few, for messages. */
export function some(items: readonly string[], unit: string): string {
  const shown = items.slice(0, 5).join(', ');
  return `${items.length} ${unit}${items.length === 1 ? '' : 's'}: ${shown}${items.length > 5 ? ', …' : ''}`;
}
