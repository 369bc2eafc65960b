import { z } from 'zod';

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** Each field's schema where it agrees with the interface, else a sentence for the compiler's error. */
type Agreeing<Data, Fields extends z.core.$ZodLooseShape> = {
  [K in keyof Data]-?: K extends keyof Fields
    ? Same<z.output<Fields[K]>, Data[K]> extends true
      ? Fields[K]
      : 'the schema and the interface disagree about this field'
    : 'the interface has this field, the schema has not';
} & { [K in Exclude<keyof Fields, keyof Data>]: 'the schema has this field, the interface has not' };

/** Ours. Their messages quote no values, and examples in them must not be taken for one: `4999 for 49.99 EUR`. */
const ours = new WeakSet<object>();

/**
 * A schema for an interface: a field that is missing, extra or of another type on either side does not compile. Fields
 * that neither knows pass through, because producers are upgraded before consumers.
 */
export function dataSchema<Data>() {
  return <const Fields extends z.core.$ZodLooseShape>(
    fields: Fields & Agreeing<Data, Fields>,
  ): z.ZodType<Data, Data> => {
    const schema = z.looseObject(fields as Fields) as unknown as z.ZodType<Data, Data>;
    ours.add(schema);
    return schema;
  };
}

export function quotesNoValues(schema: object): boolean {
  return ours.has(schema);
}
