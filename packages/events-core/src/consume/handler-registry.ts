import { ConfigurationError } from '../errors/configuration-error.ts';
import { suggestion } from '../errors/suggestion.ts';
import { compilePattern, typesMatching } from '../events/pattern.ts';
import type { Handler } from './handler.ts';

/** The handlers of a consumer, by pattern, in order of registration. */
export interface HandlerRegistry {
  readonly patterns: readonly string[];
  /** @throws {ConfigurationError} for a pattern outside the grammar. */
  add(pattern: string, handler: Handler): void;
  handlersFor(type: string): readonly Handler[];
  /** Known types that any pattern matches. */
  types(): readonly string[];
  /** @throws {ConfigurationError} when there is no handler, or a pattern matches no known type. */
  check(): void;
}

export function createHandlerRegistry(knownTypes: readonly string[]): HandlerRegistry {
  const entries: {
    readonly pattern: string;
    readonly matches: (type: string) => boolean;
    readonly handler: Handler;
  }[] = [];
  /** Known types only: the types a foreign producer can think of are without end. */
  const byType = new Map<string, readonly Handler[]>();
  const known = new Set(knownTypes);

  return {
    get patterns() {
      return [...new Set(entries.map(({ pattern }) => pattern))];
    },
    add(pattern, handler) {
      if (typeof handler !== 'function') {
        throw new ConfigurationError(`The handler for ${JSON.stringify(pattern)} is not a function.`, 'consumer.on');
      }
      entries.push({ pattern, matches: compilePattern(pattern), handler });
      byType.clear();
    },
    handlersFor(type) {
      const cached = byType.get(type);
      if (cached !== undefined) return cached;
      const handlers = entries.filter(({ matches }) => matches(type)).map(({ handler }) => handler);
      if (known.has(type)) byType.set(type, handlers);
      return handlers;
    },
    types: () => knownTypes.filter((type) => entries.some(({ matches }) => matches(type))),
    check() {
      if (entries.length === 0)
        throw new ConfigurationError('The consumer has no handlers: call on() before start().', 'consumer.on');
      for (const { pattern } of entries) {
        if (typesMatching(pattern, knownTypes).length > 0) continue;
        throw new ConfigurationError(
          `No event type matches the pattern "${pattern}".${suggestion(pattern, knownTypes)} Types of your own go into defineEvents(), passed as \`events\`.`,
          'consumer.on',
        );
      }
    },
  };
}
