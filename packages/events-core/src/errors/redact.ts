/**
 * Patterns take no more than linear time, however long the text is: what may be long has a bound or always finds its end.
 * A quoted value that is not closed is secret to the end of the text.
 */
const quoted = String.raw`"(?:[^"\\]|\\[^])*(?:"|\\?$)|'(?:[^'\\]|\\[^])*(?:'|\\?$)`;
/** JSON that stands in a text of JSON. */
const quotedTwice = String.raw`\\"(?:[^\\]|\\\\\\"|\\[^"])*(?:\\"|\\?$)`;

const secrets: readonly (readonly [RegExp, string])[] = [
  [
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----[^]*?(?:-----END [A-Z0-9 ]{0,60}-----|$)/g,
    '*** private key ***',
  ],
  // The scheme of the header, and what follows it.
  [
    new RegExp(String.raw`(authorization\\?["']?\s*[:=]\s*)(${quotedTwice}|${quoted}|\S+(?:[ \t]+\S+)?)`, 'gi'),
    '$1***',
  ],
  [/\b([Bb]earer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/g, '$1 ***'],
  // Also as the last part of a longer name: MESSAGING__PASSWORD, accessToken, SharedAccessKey.
  [
    new RegExp(
      String.raw`((?:password|passwd|pwd|passphrase|secret|token|(?:api|access|account|private)[_-]?key)\b\\?["']?\s*[:=]\s*)(${quotedTwice}|${quoted}|\S+)`,
      'gi',
    ),
    '$1***',
  ],
  // `pass` too, but neither `compass` nor `bypass`.
  [
    new RegExp(
      String.raw`((?:(?<![A-Za-z])(?:[Pp]ass|PASS)|(?<=[a-z])Pass)\b\\?["']?\s*[:=]\s*)(${quotedTwice}|${quoted}|\S+)`,
      'g',
    ),
    '$1***',
  ],
];

/**
 * Takes credentials out of a text: those in URLs, after words such as `password=`, bearer tokens and private keys. Rather
 * too much than too little.
 */
export function redact(text: string): string {
  const withoutUrls = text.includes('://') ? text.replace(/\S+/g, withoutCredentials) : text;
  return secrets.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), withoutUrls);
}

/**
 * Credentials in a URL: all before the last `@` of its host part. With a colon also beyond a slash, because a password that
 * was not percent-encoded is when URLs end up in errors. No pattern finds both in linear time.
 */
function withoutCredentials(word: string): string {
  const lastAt = word.lastIndexOf('@');
  if (lastAt === -1) return word;
  let shown = '';
  let from = 0;
  for (const { 0: scheme, index } of word.matchAll(/\b[a-z][a-z0-9+.-]{0,30}:\/\//gi)) {
    const start = index + scheme.length;
    if (start > lastAt) break;
    // What an earlier URL's credentials reach over is gone already.
    if (index < from) continue;
    const end = endOfCredentials(word, start, lastAt);
    if (end === undefined) continue;
    shown += `${word.slice(from, start)}***`;
    from = end;
  }
  return shown + word.slice(from);
}

/** Where the `@` is that ends them. */
function endOfCredentials(word: string, start: number, lastAt: number): number | undefined {
  const stop = indexOfAny(word, '/@:,', start);
  if (word[stop] === ':') return lastAt;
  const host = word.slice(start, indexOfAny(word, '/', start));
  const at = host.lastIndexOf('@');
  return at === -1 ? undefined : start + at;
}

function indexOfAny(text: string, ends: string, from: number): number {
  for (let at = from; at < text.length; at += 1) if (ends.includes(text.charAt(at))) return at;
  return text.length;
}
