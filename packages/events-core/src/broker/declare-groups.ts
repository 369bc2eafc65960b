import { delaySteps, resolveRetryPolicy, type RetryPolicy } from '../consume/retry-policy.ts';
import type { BrokerAdapter } from '../contract/adapter.ts';
import type { GroupSpec, Ordering } from '../contract/subscription.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { suggestion } from '../errors/suggestion.ts';
import { checkGroup } from '../events/names.ts';
import { typesMatching } from '../events/pattern.ts';
import { paymentEvents } from '../events/payment-events.ts';

/** A group that shall exist before anything is published, because its consumers start later or elsewhere. */
export interface GroupDeclaration {
  readonly group: string;
  /** What its consumers handle: the patterns of their `on`. */
  readonly patterns: readonly string[];
  /** As its consumers have it. @default 'none' */
  readonly ordering?: Ordering;
  /** The catalogue of its consumers. @default the payment events */
  readonly events?: object;
  /** As its consumers have it. @default the default retry policy */
  readonly retry?: Partial<RetryPolicy>;
  /** Where the group begins if it does not exist yet. @default the configured place, else 'earliest' */
  readonly startFrom?: 'earliest' | 'latest';
}

/**
 * Declares the groups, one after another. All are checked before the first is declared.
 * @throws {ConfigurationError} for a group, a pattern or a policy that is not usable.
 */
export async function declareGroups(
  adapter: BrokerAdapter,
  declarations: readonly GroupDeclaration[],
  startFrom: 'earliest' | 'latest',
): Promise<void> {
  const specs = declarations.map((declaration) => specOf(declaration, startFrom));
  for (const spec of specs) await adapter.declareGroup(spec);
}

function specOf(declaration: GroupDeclaration, startFrom: 'earliest' | 'latest'): GroupSpec {
  const { group, patterns, ordering = 'none', events = paymentEvents, retry } = declaration;
  checkGroup(group, 'groups.group');
  if (patterns.length === 0) {
    throw new ConfigurationError(
      `Group ${group} is declared without patterns: name what its consumers handle, or "#".`,
      'groups.patterns',
    );
  }
  const known = Object.keys(events);
  return {
    group,
    patterns,
    types: known.filter((type) => patterns.some((pattern) => matching(pattern, known, group).includes(type))),
    ordering,
    retryDelaysMs: delaySteps(resolveRetryPolicy(retry), ordering),
    startFrom: declaration.startFrom ?? startFrom,
  };
}

function matching(pattern: string, known: readonly string[], group: string): readonly string[] {
  const types = typesMatching(pattern, known);
  if (types.length > 0) return types;
  throw new ConfigurationError(
    `No event type matches the pattern "${pattern}" of group ${group}.${suggestion(pattern, known)} Types of your own go into defineEvents(), passed as \`events\`.`,
    'groups.patterns',
  );
}
