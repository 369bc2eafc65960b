/** Both count from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

const space = /[ \t\n\r]*/y;
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * Where a text stops being JSON: the first token that does not fit, or the end. For a text that `JSON.parse` refuses,
 * whose own message tells the place only sometimes and quotes the text always.
 */
export function jsonSyntaxError(text: string): TextPosition {
  let at = 0;

  function take(token: RegExp | string): boolean {
    if (typeof token === 'string') {
      if (!text.startsWith(token, at)) return false;
      at += token.length;
      return true;
    }
    token.lastIndex = at;
    if (!token.test(text)) return false;
    at = token.lastIndex;
    return true;
  }

  /** Takes what comes between the brackets; false where it does not fit. */
  function list(end: string, item: () => boolean): boolean {
    take(space);
    if (take(end)) return true;
    for (;;) {
      if (!item()) return false;
      if (take(end)) return true;
      if (!take(',')) return false;
    }
  }

  function member(): boolean {
    take(space);
    if (!take(string)) return false;
    take(space);
    return take(':') && value();
  }

  function value(): boolean {
    take(space);
    const fits = take('{') ? list('}', member) : take('[') ? list(']', value) : take(string) || take(scalar);
    if (fits) take(space);
    return fits;
  }

  value();
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
