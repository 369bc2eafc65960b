/** Both count from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

const space = /[ \t\n\r]*/y;
/** What stands in a string up to its end: few characters at a time, because an expression remembers each repetition. */
const stringPart = /[^"\\\u0000-\u001f]{1,1000}|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * Where a text stops being JSON: the first token that does not fit, or the end. For a text that `JSON.parse` refuses,
 * whose own message tells the place only sometimes and quotes the text always. Depth costs no stack.
 */
export function jsonSyntaxError(text: string): TextPosition {
  /** The brackets that are open, by what closes them. */
  const closers: ('}' | ']')[] = [];
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

  /** Stays at its beginning where it has no end. */
  function string(): boolean {
    const start = at;
    if (!take('"')) return false;
    while (take(stringPart));
    if (take('"')) return true;
    at = start;
    return false;
  }

  function name(): boolean {
    take(space);
    if (!string()) return false;
    take(space);
    return take(':');
  }

  /** A value, or its beginning: `opened` and not empty, what stands in it comes next. */
  function value(): 'whole' | 'opened' | 'unfit' {
    take(space);
    const closer = take('{') ? '}' : take('[') ? ']' : undefined;
    if (closer === undefined) return string() || take(scalar) ? 'whole' : 'unfit';
    take(space);
    if (take(closer)) return 'whole';
    closers.push(closer);
    return 'opened';
  }

  /** What comes after a value: ends of what is open, then the comma before the next value. */
  function after(): boolean {
    take(space);
    for (let closer = closers.at(-1); closer !== undefined && take(closer); closer = closers.at(-1)) {
      closers.pop();
      take(space);
    }
    return closers.length > 0 && take(',');
  }

  for (;;) {
    if (closers.at(-1) === '}' && !name()) break;
    const kind = value();
    if (kind === 'unfit' || (kind === 'whole' && !after())) break;
  }
  return positionOf(text, at);
}

function positionOf(text: string, at: number): TextPosition {
  let line = 1;
  let lineStart = 0;
  for (let end = text.indexOf('\n'); end !== -1 && end < at; end = text.indexOf('\n', lineStart)) {
    line += 1;
    lineStart = end + 1;
  }
  return { line, column: at - lineStart + 1 };
}
