import { ConfigurationError } from './configuration-error.ts';
import { suggestion } from './suggestion.ts';

/**
 * A misspelt option that is ignored is worse than an error: `concurency: 2` would run ten handlers at once.
 * @throws {ConfigurationError} naming the option, with a suggestion.
 */
export function refuseUnknownOptions(options: object, known: readonly string[], where: string): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new ConfigurationError(
      `${where} has no option ${JSON.stringify(name.slice(0, 100))}.${suggestion(name, known)}`,
      `${where}.${name.slice(0, 100)}`,
    );
  }
}
