import type { z } from 'zod';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { withTlsOfUrl } from './connection-keys.ts';
import { messagingSchemas, type BrokerType, type MessagingConfig } from './messaging-config.ts';
import { unknownKeyProblem } from './unknown-key.ts';

/**
 * Checks a `messaging` section and applies the defaults. Reading the result again gives the same.
 * @throws {ConfigurationError} with every problem in the message and the path of the first; never a value.
 */
export function readMessaging(
  section: unknown,
  broker: BrokerType,
  nameOf: (path: readonly PropertyKey[]) => string,
): MessagingConfig {
  const schema: z.ZodType<MessagingConfig> = messagingSchemas[broker];
  const result = schema.safeParse(section, { error: predicate });
  if (result.success) return result.data.broker_type === 'memory' ? result.data : withTlsOfUrl(result.data);
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, broker, nameOf));
  throw new ConfigurationError(problems.map(({ sentence }) => sentence).join(' '), problems[0]?.path ?? 'messaging');
}

interface Problem {
  readonly path: string;
  readonly sentence: string;
}

function problemsOf(
  issue: z.core.$ZodIssue,
  broker: BrokerType,
  nameOf: (path: readonly PropertyKey[]) => string,
): readonly Problem[] {
  if (issue.code !== 'unrecognized_keys') {
    const path = nameOf(issue.path);
    return [{ path, sentence: `${path} ${issue.message}.` }];
  }
  return issue.keys.map((key) => {
    const path = nameOf([...issue.path, key]);
    return { path, sentence: `${path} ${unknownKeyProblem(broker, key, issue.path[0] === 'tls' ? 'tls' : undefined)}` };
  });
}

/** What zod would say, as the end of a sentence that begins with the path. */
function predicate(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined) return 'is missing';
  if (issue.code === 'invalid_type') return `must be ${names[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value')
    return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
  if (issue.code === 'too_small')
    return issue.origin === 'string' ? 'must not be empty' : `must be at least ${issue.minimum}`;
  if (issue.code === 'too_big')
    return issue.origin === 'string'
      ? `must not be longer than ${issue.maximum} characters`
      : `must be at most ${issue.maximum}`;
  return undefined;
}

const names: Readonly<Partial<Record<string, string>>> = {
  string: 'text',
  int: 'a whole number',
  number: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
};
