import { redact } from './redact.ts';

export interface ErrorDescription {
  /** The error's class name, or the type of what was thrown. */
  readonly name: string;
  /** Redacted, at most 4 KiB of UTF-8. */
  readonly text: string;
}

const maxTextBytes = 4_096;
/** Characters that are read at all: more than is kept, because what is redacted gets shorter. */
const maxReadLength = 65_536;

/** Whatever was thrown, as text. Never throws: a thrown value may have getters that do. */
export function describeError(thrown: unknown): ErrorDescription {
  try {
    if (typeof thrown === 'object' && thrown !== null) {
      const name = read(thrown, 'name') ?? thrown.constructor?.name ?? 'Object';
      return {
        name: cap(String(name), 200),
        text: textOf(read(thrown, 'message') ?? `a thrown ${String(name)} without a message`),
      };
    }
    return { name: thrown === null ? 'null' : typeof thrown, text: textOf(String(thrown)) };
  } catch {
    return { name: 'unreadable', text: 'the thrown value cannot be read' };
  }
}

function textOf(text: string): string {
  return cap(redact(text.slice(0, maxReadLength)), maxTextBytes);
}

function read(object: object, property: 'name' | 'message'): string | undefined {
  const value: unknown = Reflect.get(object, property);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Cuts at a character, never inside one. */
function cap(text: string, maxBytes: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= maxBytes) return text.toWellFormed();
  return new TextDecoder().decode(bytes.subarray(0, maxBytes - 3), { stream: true }) + '…';
}
