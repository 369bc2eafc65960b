import type { Options } from 'amqplib';

/** The headers that core writes. */
const table: Record<string, string | undefined> = {
  'event-id': undefined,
  'event-type': undefined,
  'content-type': undefined,
  'schema-version': undefined,
  'event-key': undefined,
  traceparent: undefined,
};

/**
 * The headers in one object for all, which is filled anew: use what this returns before the next call. The client makes
 * the headers it is given the prototype of an object, and V8 a hidden class for each prototype. It encodes them before
 * `publish` returns, and leaves out what is undefined. Headers with any other name stay in their own object.
 */
export function sharedTable(headers: Options.Publish['headers']): Options.Publish['headers'] {
  for (const name in headers) if (!Object.hasOwn(table, name)) return headers;
  for (const name in table) table[name] = headers?.[name];
  return table;
}
