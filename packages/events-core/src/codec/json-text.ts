/** How deep objects and arrays may lie within each other in an event's data. Deeper is refused both ways: recursion stays far from the stack's end. */
export const maxNesting = 64;

/**
 * Whether a JSON text opens more than `most` objects and arrays within each other. Asked before parsing a large text:
 * `JSON.parse` survives any depth, but takes 2 s for 16 MB of brackets; this stops at the first that is too deep.
 */
export function nestsDeeperThan(text: string, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if (isOpening(code)) depth += 1;
    else if (isClosing(code)) depth -= 1;
    if (depth > most) return true;
  }
  return false;
}

/** Character code of `"`. */
export const quote = 0x22;

/** `{` or `[` */
export function isOpening(code: number): boolean {
  return code === 0x7b || code === 0x5b;
}

/** `}` or `]` */
export function isClosing(code: number): boolean {
  return code === 0x7d || code === 0x5d;
}

/** Where the string that begins at `start` has its closing quote: the next one behind an even number of backslashes. */
export function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end >= 0) {
    let slashes = 0;
    while (text[end - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return end;
    end = text.indexOf('"', end + 1);
  }
  return text.length;
}
