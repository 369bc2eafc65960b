import { inspect } from 'node:util';
import { fail, holds } from '../verdict.ts';

/** A URL with a password that nobody has masked. */
const credentialsInUrl = /[a-z][a-z0-9+.-]*:\/\/[^\s/:@"']*:(?!\*\*\*)[^\s/@"']+@/i;

/** Everything a person, a log or a tool could get to see. */
export interface Shown {
  readonly secrets: Set<string>;
  add(what: string, value: unknown): void;
  judge(): void;
}

export function createShown(): Shown {
  const secrets = new Set<string>();
  const texts: { readonly what: string; readonly text: string }[] = [];
  return {
    secrets,
    add(what, value) {
      const text = [
        inspect(value, { depth: 12, showHidden: true, maxArrayLength: null, maxStringLength: null }),
        // What `JSON.stringify` shows is another thing than what `inspect` does, and so is an error's text.
        json(value),
        ...causes(value).flatMap((error) => [
          String(error),
          error instanceof Error ? `${error.stack}` : '',
          json({ ...Object(error) }),
        ]),
      ].join('\n');
      texts.push({ what, text });
    },
    judge() {
      for (const secret of secrets) {
        for (const form of [
          secret,
          encodeURIComponent(secret),
          Buffer.from(secret).toString('base64').slice(0, -2),
          Buffer.from(secret).toString('hex'),
        ]) {
          for (const { what, text } of texts) {
            const at = text.indexOf(form);
            if (at >= 0) fail(`${what} shows a secret: …${text.slice(Math.max(0, at - 80), at)}<here>`);
          }
        }
      }
      // Nor any other: what an adapter was given elsewhere is not known here by its letters.
      for (const { what, text } of texts) {
        const [found] = credentialsInUrl.exec(text) ?? [];
        if (found !== undefined) fail(`${what} shows the credentials of a URL: ${found.slice(0, 12)}…`);
      }
      holds(texts.length > 20, `only ${texts.length} things were looked at`);
    },
  };
}

function json(value: unknown): string {
  const seen = new WeakSet<object>();
  const shown = JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null) return typeof inner === 'bigint' ? String(inner) : inner;
    if (seen.has(inner)) return '[again]';
    seen.add(inner);
    return inner;
  });
  return shown ?? '';
}

function causes(value: unknown): readonly unknown[] {
  const found: unknown[] = [];
  for (let error = value; error instanceof Error && !found.includes(error); error = error.cause) found.push(error);
  return found;
}
