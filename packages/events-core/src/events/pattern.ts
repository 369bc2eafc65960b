import { ConfigurationError } from '../errors/configuration-error.ts';

const maxPatternLength = 200;
const patternGrammar = /^(?:[a-z0-9_]+|\*|#)(?:\.(?:[a-z0-9_]+|\*|#))*$/;

/**
 * The words of an AMQP topic pattern: `*` is one word, `#` zero or more.
 * @throws {ConfigurationError} for a pattern outside the grammar.
 */
export function parsePattern(pattern: string): readonly string[] {
  const problem = patternProblem(pattern);
  if (problem === undefined) return pattern.split('.');
  const shown = typeof pattern === 'string' ? JSON.stringify(pattern.slice(0, maxPatternLength)) : 'given';
  throw new ConfigurationError(`The pattern ${shown} ${problem}.`, 'pattern');
}

/**
 * A test for types, linear in the type's length whatever a foreign producer sends.
 * @throws {ConfigurationError} for a pattern outside the grammar.
 */
export function compilePattern(pattern: string): (type: string) => boolean {
  const words = parsePattern(pattern);
  if (pattern === '#') return () => true;
  if (!words.includes('*') && !words.includes('#')) return (type) => type === pattern;
  return (type) => wordsMatch(words, type === '' ? [] : type.split('.'));
}

/**
 * Those of the given types that the pattern selects, in their order.
 * @throws {ConfigurationError} for a pattern outside the grammar.
 */
export function typesMatching<T extends string>(pattern: string, types: readonly T[]): readonly T[] {
  return types.filter(compilePattern(pattern));
}

function patternProblem(pattern: unknown): string | undefined {
  if (typeof pattern !== 'string') return 'must be a string';
  if (pattern.length > maxPatternLength) return `must have at most ${maxPatternLength} characters`;
  if (patternGrammar.test(pattern)) return undefined;
  if (/[^.]\*|\*[^.]|[^.]#|#[^.]/.test(pattern))
    return 'must have * and # as whole words: "payment.invoice.*", not "payment.inv*"';
  return 'must be words of a-z, 0-9 and _, or * for one word, or # for any number of words, joined by dots';
}

/**
 * When words stop matching, only the last `#` needs to take one more: whatever an earlier `#` could take, the last one
 * can take as well. So no pattern, however many `#` it has, makes this exponential.
 */
function wordsMatch(pattern: readonly string[], words: readonly string[]): boolean {
  let atPattern = 0;
  let atWord = 0;
  let lastHash = -1;
  let takenUpTo = 0;
  while (atWord < words.length) {
    const expected = pattern[atPattern];
    if (expected === '#') {
      lastHash = atPattern;
      takenUpTo = atWord;
      atPattern += 1;
    } else if (expected === '*' || (expected !== undefined && expected === words[atWord])) {
      atPattern += 1;
      atWord += 1;
    } else if (lastHash >= 0) {
      takenUpTo += 1;
      atPattern = lastHash + 1;
      atWord = takenUpTo;
    } else return false;
  }
  while (pattern[atPattern] === '#') atPattern += 1;
  return atPattern === pattern.length;
}
