/** AMQP's short strings hold so many bytes; header names are such. */
const maxShortString = 255;
const maxUint64 = 2n ** 64n;
/** Lists and tables in one another. A header that is nested deeper exhausts the stack of whoever writes it again. */
const maxDepth = 100;

/** A short string that can be written again. Bytes that were no UTF-8 have grown when they were read. */
export function safeText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (value.length * 3 <= maxShortString || Buffer.byteLength(value) <= maxShortString) return value;
  return Buffer.from(value).subarray(0, maxShortString).toString('utf8').slice(0, -1);
}

/**
 * Headers as the client can write them again: it throws on some of what it reads, and a message that cannot be copied
 * could never leave its queue. What is nested too deep is left out.
 */
export function safeTable(table: Readonly<Record<string, unknown>>, depth = 0): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  for (const name of Object.keys(table)) {
    const value = table[name];
    safe[safeText(name) ?? name] = typeof value === 'string' ? value : safeValue(value, depth);
  }
  return safe;
}

/** A value that stands in so many lists and tables. */
export function safeValue(value: unknown, depth = 0): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      // The client takes NaN, −Infinity and large fractions for integers.
      return Number.isSafeInteger(value) ? value : { '!': 'double', value };
    case 'object':
      if (value === null || Buffer.isBuffer(value)) return value;
      return depth < maxDepth ? safeObject(value, depth + 1) : null;
    default:
      return null;
  }
}

function safeObject(value: object, depth: number): unknown {
  if (Array.isArray(value)) return value.map((one) => safeValue(one, depth));
  if (!Object.hasOwn(value, '!')) return safeTable(value as Record<string, unknown>, depth);
  const { '!': tag, value: inner } = value as { readonly '!'?: unknown; readonly value?: unknown };
  if (tag === 'timestamp' && typeof inner === 'number' && Number.isInteger(inner) && inner >= 0)
    return BigInt(inner) < maxUint64 ? value : { '!': 'double', value: inner };
  if (tag === 'decimal' && isDecimal(inner)) return value;
  // A table that only looks like the client's form of a type.
  return { '!': 'object', value: safeTable(value as Record<string, unknown>, depth) };
}

function isDecimal(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { places, digits } = value as { readonly places?: unknown; readonly digits?: unknown };
  return isWithin(places, 0xff) && isWithin(digits, 0xffffffff);
}

function isWithin(value: unknown, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}
