const maxMessageLength = 200;
const maxValues = 1_000;

/**
 * A schema's message without the values it may quote: Valibot and ArkType say what they received, and an issue ends in
 * logs and dead letters. Every primitive at or below the path is masked where it stands alone in the message.
 */
export function withoutValues(message: string, data: unknown, keys: readonly PropertyKey[]): string {
  let masked = message;
  for (const value of primitivesBelow(valueAt(data, keys))) masked = mask(masked, value);
  return masked.length > maxMessageLength ? `${masked.slice(0, maxMessageLength).toWellFormed()}…` : masked;
}

function valueAt(data: unknown, keys: readonly PropertyKey[]): unknown {
  let value = data;
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** Longest first, so that no part of a masked value remains. */
function primitivesBelow(root: unknown): readonly string[] {
  const found = new Set<string>();
  const open: unknown[] = [root];
  for (let visited = 0; open.length > 0 && visited < maxValues; visited += 1) {
    const value = open.pop();
    if (typeof value === 'object' && value !== null) {
      for (const child of Object.values(value).slice(0, maxValues)) open.push(child);
    } else if ((typeof value === 'string' && value !== '') || typeof value === 'number') found.add(String(value));
  }
  return [...found].toSorted((one, other) => other.length - one.length);
}

function mask(message: string, value: string): string {
  let masked = '';
  let from = 0;
  for (let at = message.indexOf(value); at >= 0; at = message.indexOf(value, at + value.length)) {
    const end = at + value.length;
    if (isWordCharacter(message[at - 1]) || isWordCharacter(message[end])) continue;
    masked += `${message.slice(from, at)}***`;
    from = end;
  }
  return masked + message.slice(from);
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_]/u.test(character);
}
