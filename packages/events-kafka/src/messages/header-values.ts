/** One value of a header. Kafka knows null, the client's types do not. */
export type HeaderValue = Buffer | string | null;

/**
 * The values of a header, in order. The client takes what a plain object inherits under a name like `constructor` for the first
 * of several values.
 */
export function valuesOf(value: unknown): readonly HeaderValue[] {
  if (isValue(value)) return [value];
  return Array.isArray(value) ? value.filter(isValue) : [];
}

function isValue(value: unknown): value is HeaderValue {
  return Buffer.isBuffer(value) || typeof value === 'string' || value === null;
}

/** Also under `__proto__`, which is a name like any other. */
export function put<V>(table: Record<string, V>, name: string, value: V): void {
  if (name === '__proto__')
    Object.defineProperty(table, name, { value, enumerable: true, writable: true, configurable: true });
  else table[name] = value;
}
