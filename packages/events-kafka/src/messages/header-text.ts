import { isUtf8 } from 'node:buffer';

/** What bytes say; undefined where they are no text. A text that holds the replacement character itself is one. */
export function textOf(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') && !isUtf8(bytes) ? undefined : text;
}
