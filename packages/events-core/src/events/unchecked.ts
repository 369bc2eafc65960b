import type { StandardSchemaV1 } from '@standard-schema/spec';

/** A schema for events that you want typed and not validated: whatever arrives is taken for a `T`. */
export function unchecked<T>(): StandardSchemaV1<T, T> {
  return {
    '~standard': { version: 1, vendor: '@payments/events', validate: (value) => ({ value: value as T }) },
  };
}
