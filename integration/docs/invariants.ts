/** A numbered promise and what guards it. */
export interface Invariant {
  readonly id: string;
  readonly sentence: string;
  /** `packages/…/x.test.ts › describe › test`. */
  readonly tests: readonly { readonly file: string; readonly titles: readonly string[] }[];
  readonly clauses: readonly string[];
}

/** With more than one backtick around it, a span may hold some itself. */
const codeSpan = /(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)/g;

/**
 * Reads
 *
 *     - **I-1** A sentence.
 *       Guard: P1, `packages/…/x.test.ts › test`
 */
export function readInvariants(text: string): readonly Invariant[] {
  return text
    .split(/^(?=- \*\*I-)/m)
    .slice(1)
    .map((item) => {
      const [, id = '', sentence = '', guard = ''] =
        /^- \*\*(I-\d+)\*\* ([\s\S]*?)\n {2}Guard: ([\s\S]*?)(?:\n\n|\n#|\n*$)/.exec(item) ?? [];
      const spans = [...guard.matchAll(codeSpan)].map(([, , span = '']) => span);
      const tests = spans.map((span) => {
        const [file = '', ...titles] = span.split(' › ');
        return { file, titles };
      });
      const clauses = [...guard.replaceAll(codeSpan, '').matchAll(/\b[A-Z]\d+\b/g)].map(([clause]) => clause);
      return { id, sentence, tests, clauses };
    });
}

/** Whether a test file holds a test that is skipped, left to do or expected to fail, always or only somewhere. */
export function neverRuns(source: string): boolean {
  const withoutStrings = source.replaceAll(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|"(?:[^"\\\n]|\\.)*"/g, "''");
  return [
    /\b(?:test|it|describe|suite)\b[^;{}]*?\.(?:skip|skipIf|runIf|todo|fails)\b/,
    /\bx(?:test|it|describe)\(/,
    /\b(?:skip|todo|fails): true\b/,
    /\b(?:context|ctx|t)\.skip\(/,
    /\(\{[^}()]*\bskip\b[^}()]*\}\) =>/,
  ].some((pattern) => pattern.test(withoutStrings));
}

/** Whether a test file has a suite or a test of that title, as its source spells it, that is not skipped. */
export function hasTitle(source: string, title: string): boolean {
  if (neverRuns(source)) return false;
  const spelled = title.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll("'", "\\\\?'");
  return new RegExp(`\\(\\s*(['"\`])${spelled}\\1\\s*,`).test(source);
}
