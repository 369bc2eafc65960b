/** A header value as text; undefined for one that is none. Some clients send texts as bytes. */
export function headerText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Buffer.isBuffer(value)) return undefined;
  const text = value.toString('utf8');
  return Buffer.from(text).equals(value) ? text : undefined;
}
