import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { EventIssue } from '../errors/invalid-event-error.ts';
import { dataPath } from './data-path.ts';
import { quotesNoValues } from './data-schema.ts';
import type { EventDefinition } from './event-definition.ts';
import { withoutValues } from './issue-message.ts';

/** Valid data as handlers receive it, or why it is not valid. */
export type Validation<Out = unknown> = { readonly value: Out } | { readonly issues: readonly EventIssue[] };

/**
 * Holds data against its definition. A promise only where the schema itself returns one, so that publishing can keep call
 * order without waiting. Issues say where and why, never what was there.
 * @throws what the schema throws.
 */
export function validate<Out>(
  definition: Pick<EventDefinition<unknown, Out>, 'schema'>,
  data: unknown,
): Validation<Out> | Promise<Validation<Out>> {
  const result = definition.schema['~standard'].validate(data);
  const shown = quotesNoValues(definition.schema) ? (message: string) => message : withoutValues;
  return 'then' in result
    ? Promise.resolve(result).then((late) => judge(late, data, shown))
    : judge(result, data, shown);
}

function judge<Out>(
  result: StandardSchemaV1.Result<Out>,
  data: unknown,
  shown: typeof withoutValues | ((message: string) => string),
): Validation<Out> {
  if (result.issues === undefined) return { value: result.value };
  const issues = result.issues.map(({ message, path = [] }) => {
    const keys = path.map((segment) => (typeof segment === 'object' ? segment.key : segment));
    return { path: dataPath(keys), message: shown(message, data, keys) };
  });
  // A schema that reports failure without a reason must not count as success.
  return { issues: issues.length > 0 ? issues : [{ path: 'data', message: 'is not valid' }] };
}
