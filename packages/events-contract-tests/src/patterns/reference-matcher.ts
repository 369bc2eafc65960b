/** AMQP topic matching word for word as its specification has it: slow, obvious, and written apart from core's. */
export function matchesByReference(pattern: string, type: string): boolean {
  return matches(pattern.split('.'), type.split('.'));
}

function matches(pattern: readonly string[], words: readonly string[]): boolean {
  const [head, ...rest] = pattern;
  if (head === undefined) return words.length === 0;
  if (head === '#') return matches(rest, words) || (words.length > 0 && matches(pattern, words.slice(1)));
  if (words.length === 0) return false;
  return (head === '*' || head === words[0]) && matches(rest, words.slice(1));
}
