/** Lengths are bounded so that no text, however long, takes more than linear time. */
const secrets: readonly (readonly [RegExp, string])[] = [
  // Credentials in a URL: all before the last `@` of its host part. With a colon also beyond a slash, because a password
  // that was not percent-encoded is when URLs end up in errors.
  [/(\b[a-z][a-z0-9+.-]{0,30}:\/\/)(?:[^\s/@:,]{0,200}:[^\s]{0,300}@|[^\s/]{0,500}@)/gi, '$1***@'],
  // The scheme of the header, and what follows it.
  [/(authorization["']?\s*[:=]\s*)("[^"]*"|'[^']*'|\S+(?:[ \t]+\S+)?)/gi, '$1***'],
  [/\b([Bb]earer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/g, '$1 ***'],
  // Also as the last part of a longer name: MESSAGING__PASSWORD, accessToken.
  [/(password|passwd|pwd|secret|token|api[_-]?key)\b(["']?\s*[:=]\s*)("[^"]*"|'[^']*'|\S+)/gi, '$1$2***'],
];

/** Takes credentials out of a text: those in URLs, after words such as `password=`, and bearer tokens. */
export function redact(text: string): string {
  return secrets.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
