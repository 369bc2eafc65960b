import type { StandardSchemaV1 } from '@standard-schema/spec';
import { ConfigurationError } from '../errors/configuration-error.ts';
import type { AmountFields, EventDefinition } from './event-definition.ts';
import { typeProblem } from './names.ts';
import { paymentEvents, type PaymentEvents } from './payment-events.ts';

/** An event of your own: a schema of any Standard Schema library, or that and what keeps order and what is money. */
export type CustomEvent<Schema extends StandardSchemaV1> =
  | Schema
  | {
      readonly schema: Schema;
      /** The id of the thing the event is about: its events are handled in order where `ordering: 'key'` is asked for. */
      readonly key?: (data: StandardSchemaV1.InferOutput<Schema>) => string;
      readonly amounts?: AmountFields;
    };

/** The payment events and yours. */
export type EventsWith<Schemas> = {
  readonly [T in keyof PaymentEvents | keyof Schemas]: T extends keyof PaymentEvents
    ? PaymentEvents[T]
    : T extends keyof Schemas
      ? Schemas[T] extends StandardSchemaV1<infer In, infer Out>
        ? EventDefinition<In, Out>
        : never
      : never;
};

type NotRedefined = { readonly [T in keyof PaymentEvents]?: 'a payment event cannot be redefined' };

/**
 * The catalogue of payment events plus your own, to be passed as `events` to publishers and consumers.
 * @throws {ConfigurationError} for a type outside the grammar, a payment event, or what is no schema.
 */
export function defineEvents<const Schemas extends Record<string, StandardSchemaV1> & NotRedefined>(custom: {
  readonly [T in keyof Schemas]: CustomEvent<Schemas[T]>;
}): EventsWith<Schemas> {
  const own = Object.entries(custom).map(([type, event]) => {
    checkType(type);
    return [type, definitionFrom(type, event)] as const;
  });
  return Object.freeze(Object.fromEntries([...Object.entries(paymentEvents), ...own])) as EventsWith<Schemas>;
}

function checkType(type: string): void {
  const path = `events[${JSON.stringify(type.slice(0, 200))}]`;
  if (Object.hasOwn(paymentEvents, type)) {
    throw new ConfigurationError(`${path} is a payment event and cannot be redefined. Choose another type.`, path);
  }
  const problem = typeProblem(type);
  if (problem === undefined) return;
  const repaired = repair(type);
  const hint = typeProblem(repaired) === undefined ? ` Did you mean "${repaired}"?` : '';
  throw new ConfigurationError(`${path}: an event type ${problem}.${hint}`, path);
}

/** `Shop.OrderPlaced`, `shop/order-placed` → `shop.order_placed`. */
function repair(type: string): string {
  return type
    .slice(0, 300)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[/:.]+/g, '.')
    .replace(/[^a-z0-9_.]+/g, '_');
}

function definitionFrom(type: string, event: unknown): EventDefinition<unknown> {
  if (isSchema(event)) return { schema: event };
  const path = `events["${type}"]`;
  if (typeof event !== 'object' || event === null || !('schema' in event) || !isSchema(event.schema)) {
    throw new ConfigurationError(
      `${path} must be a Standard Schema (Zod, Valibot, ArkType, unchecked()) or { schema, key?, amounts? }.`,
      path,
    );
  }
  const { key, amounts } = event as Partial<EventDefinition<unknown>>;
  if (key !== undefined && typeof key !== 'function') {
    throw new ConfigurationError(`${path}.key must be a function of the data.`, `${path}.key`);
  }
  if (amounts !== undefined && !areAmountFields(amounts)) {
    throw new ConfigurationError(
      `${path}.amounts must be { fields, currency }: names of fields directly in the data.`,
      `${path}.amounts`,
    );
  }
  return { schema: event.schema, ...(key === undefined ? {} : { key }), ...(amounts === undefined ? {} : { amounts }) };
}

/** ArkType's schemas are functions. */
function isSchema(value: unknown): value is StandardSchemaV1 {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const standard: unknown = Reflect.get(value, '~standard');
  return typeof standard === 'object' && standard !== null && 'validate' in standard;
}

function areAmountFields(value: unknown): value is AmountFields {
  if (typeof value !== 'object' || value === null || !('fields' in value) || !('currency' in value)) return false;
  const { fields, currency } = value;
  return Array.isArray(fields) && fields.every((field) => typeof field === 'string') && typeof currency === 'string';
}
