import { createHash } from 'node:crypto';
import { InvalidEventError, type EventIssue } from '../errors/invalid-event-error.ts';
import { currencyExponent } from '../events/currency.ts';
import type { AmountFields } from '../events/event-definition.ts';
import type { DecodedEvent } from './codec.ts';
import { parseDecimal, scaledInteger } from './decimal.ts';

/**
 * What a number means in an event that came without an id, so not from this library. `minor`: cents, as here. `major`:
 * euros, as the Python library writes them; converted exactly, or refused.
 */
export type ForeignAmounts = 'minor' | 'major';

/**
 * A stable id for a body that has none, from its bytes and, where the broker has one that survives redelivery, its
 * position: without a position, equal bodies are taken for duplicates.
 */
export function foreignId(body: Uint8Array, position?: string): string {
  // The zero byte keeps position and body apart: no position contains one.
  const hash = createHash('sha256')
    .update(`${position ?? ''}\0`)
    .update(body)
    .digest('hex');
  return `foreign-${hash.slice(0, 32)}`;
}

/** The data of a foreign event with its amounts in minor units, or why that cannot be had. Events without an amount stay as they are. */
export function convertForeignAmounts(
  decoded: Pick<DecodedEvent, 'type' | 'data' | 'numberText'>,
  amounts: AmountFields,
  mode: ForeignAmounts | undefined,
): { readonly data: unknown } | { readonly error: InvalidEventError } {
  const { type, data } = decoded;
  if (typeof data !== 'object' || data === null) return { data };
  const present = amounts.fields.filter((field) => (own(data, field) ?? null) !== null);
  if (present.length === 0 || mode === 'minor') return { data };
  if (mode === undefined) return { error: unstated(type, present) };

  const code = own(data, amounts.currency);
  const exponent = typeof code === 'string' ? currencyExponent(code) : undefined;
  if (exponent === undefined) {
    return { error: refused(type, [{ path: `data.${amounts.currency}`, message: 'must be an active ISO 4217 code' }]) };
  }
  const converted: Record<string, unknown> = { ...data };
  const issues: EventIssue[] = [];
  for (const field of present) {
    const amount = minorUnits(decoded.numberText(field), exponent);
    if (typeof amount === 'number') converted[field] = amount;
    else issues.push({ path: `data.${field}`, message: amount });
  }
  return issues.length === 0 ? { data: converted } : { error: refused(type, issues) };
}

function own(data: object, field: string): unknown {
  return Object.hasOwn(data, field) ? Reflect.get(data, field) : undefined;
}

/** From the digits on the wire and not from the number: 19.99 × 100 is 1998.9999999999998. */
function minorUnits(text: string | undefined, exponent: number): number | string {
  const decimal = text === undefined ? undefined : parseDecimal(text);
  if (decimal === undefined) return 'must be a number';
  const amount = scaledInteger(decimal, exponent);
  if (amount === 'fraction') return `has more than the ${exponent} decimals of its currency; it is not rounded`;
  if (amount === 'too-large') return 'is beyond ±(2^53 − 1) minor units';
  return amount;
}

function unstated(type: string, fields: readonly string[]): InvalidEventError {
  const issues = fields.map((field) => ({ path: `data.${field}`, message: 'is an amount whose unit is not known' }));
  return new InvalidEventError(
    `This ${type} came without an id, so from another library, and has an amount whose unit cannot be guessed. ` +
      "Tell the consumer: foreign: { amounts: 'minor' } when such producers send minor units (4999 for 49.99 EUR), " +
      "foreign: { amounts: 'major' } when they send major units (49.99), as the Python library does.",
    type,
    issues,
  );
}

function refused(type: string, issues: readonly EventIssue[]): InvalidEventError {
  const list = issues.map(({ path, message }) => `${path} ${message}`).join('; ');
  return new InvalidEventError(
    `The amounts of this foreign ${type} cannot be converted from major units: ${list}.`,
    type,
    issues,
  );
}
