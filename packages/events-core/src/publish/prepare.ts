import type { Clock } from '../contract/runtime.ts';
import { jsonIssues } from '../codec/json-safe.ts';
import { formatTimestamp, timeProblem } from '../codec/timestamp.ts';
import { InvalidEventError, type EventIssue } from '../errors/invalid-event-error.ts';
import { describeError } from '../errors/describe-error.ts';
import type { EventDefinition, EventDefinitions } from '../events/event-definition.ts';
import type { PreparedEvent } from '../events/event.ts';
import { idProblem, keyProblem } from '../events/names.ts';
import { suggestion } from '../errors/suggestion.ts';
import { ignoreRejection } from '../ports/ignore-rejection.ts';
import { validate, type Validation } from '../events/validate.ts';
import { sourceProblem } from './publish-options.ts';
import type { PublishOptions } from './publisher.ts';

export interface Preparation {
  readonly events: EventDefinitions;
  readonly source: string;
  readonly clock: Clock;
}

/** What a caller says of an event: `publish(type, data, options)`, or an event prepared before. */
export interface EventDraft {
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly options: Pick<PublishOptions, 'key' | 'time'>;
  readonly source?: string;
}

/**
 * Checks everything that can be wrong with an event and gives it time and key. A promise only where the event's schema
 * needs one, or where there is a `turn` to wait for; it is of the event as it was at the call.
 * @throws {InvalidEventError}
 */
export function prepare(
  preparation: Preparation,
  draft: EventDraft,
  turn?: Promise<void>,
): PreparedEvent | Promise<PreparedEvent> {
  const definition = definitionOf(preparation.events, draft.type);
  // Before the schema, so that a schema never meets cycles or a BigInt.
  refuse(draft.type, jsonIssues(draft.data));
  if (turn !== undefined) {
    const kept = copyOf(draft);
    return turn.then(() => validated(definition, kept)).then((late) => complete(preparation, kept, definition, late));
  }
  const validation = validated(definition, draft);
  if (!(validation instanceof Promise)) return complete(preparation, draft, definition, validation);
  const kept = copyOf(draft);
  return validation.then((late) => complete(preparation, kept, definition, late));
}

/** What the caller does to its data while a schema is waited for must not change what is sent. */
function copyOf({ data, options, ...rest }: EventDraft): EventDraft {
  const { time } = options;
  return {
    ...rest,
    data: structuredClone(data),
    options: time instanceof Date ? { ...options, time: new Date(time) } : { ...options },
  };
}

function validated(definition: EventDefinition<unknown>, { type, data }: EventDraft): Validation | Promise<Validation> {
  const broken = (error: unknown) =>
    new InvalidEventError(
      `The schema of ${type} failed: ${describeError(error).text}`,
      type,
      [{ path: 'data', message: 'its schema threw' }],
      { cause: error },
    );
  try {
    const validation = validate(definition, data);
    if (!(validation instanceof Promise)) return validation;
    return validation.catch((error: unknown) => {
      throw broken(error);
    });
  } catch (error) {
    throw broken(error);
  }
}

function definitionOf(events: EventDefinitions, type: string): EventDefinition<unknown> {
  const definition = typeof type === 'string' && Object.hasOwn(events, type) ? events[type] : undefined;
  if (definition !== undefined) return definition;
  throw new InvalidEventError(
    `Event type ${JSON.stringify(String(type).slice(0, 200))} is not in the catalogue.${suggestion(type, Object.keys(events))} Define your own types with defineEvents() and pass them as \`events\`.`,
    String(type).slice(0, 200),
    [{ path: 'type', message: 'is not in the catalogue' }],
  );
}

function complete(
  preparation: Preparation,
  { id, type, data, options, source = preparation.source }: EventDraft,
  definition: EventDefinition<unknown>,
  validation: Validation,
): PreparedEvent {
  if ('issues' in validation) refuse(type, validation.issues);
  const key = options.key ?? ('value' in validation ? keyOf(type, definition, validation.value) : undefined);
  const date = options.time ?? new Date(preparation.clock.now());
  const badId = idProblem(id);
  const badKey = key === undefined ? undefined : keyProblem(key);
  const badTime = timeProblem(date);
  const badSource = sourceProblem(source);
  if ((badId ?? badKey ?? badTime ?? badSource) !== undefined) {
    refuse(type, issuesOf({ id: badId, key: badKey, time: badTime, source: badSource }));
  }
  const time = formatTimestamp(date);
  return key === undefined ? { id, type, time, source, data } : { id, type, time, source, key, data };
}

function keyOf(type: string, definition: EventDefinition<unknown>, value: unknown): string | undefined {
  try {
    const key: unknown = definition.key?.(value);
    if (key === undefined || typeof key === 'string') return key;
    ignoreRejection(key);
  } catch (error) {
    const { text } = describeError(error);
    throw new InvalidEventError(
      `The key of ${type} could not be read from its data: ${text}`,
      type,
      [{ path: 'key', message: 'its definition threw' }],
      { cause: error },
    );
  }
  throw new InvalidEventError(`The key of ${type} is not text: its definition must return a string, at once.`, type, [
    { path: 'key', message: 'must be a string' },
  ]);
}

function issuesOf(problems: Readonly<Record<string, string | undefined>>): readonly EventIssue[] {
  return Object.entries(problems).flatMap(([path, message]) => (message === undefined ? [] : [{ path, message }]));
}

function refuse(type: string, issues: readonly EventIssue[]): void {
  if (issues.length === 0) return;
  const list = issues.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new InvalidEventError(`${type} cannot be published: ${list}.`, type, issues);
}
