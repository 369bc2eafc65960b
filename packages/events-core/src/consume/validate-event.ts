import { describeError } from '../errors/describe-error.ts';
import type { EventDefinition } from '../events/event-definition.ts';
import type { Event } from '../events/event.ts';
import { validate, type Validation } from '../events/validate.ts';

/** The event as handlers see it, or why its data is refused. */
export type ValidatedEvent = { readonly event: Event } | { readonly error: Error };

/** A promise only where the event's schema needs one. Never throws or rejects: a schema that breaks refuses the data. */
export function validateEvent(
  event: Event,
  definition: EventDefinition<unknown>,
): ValidatedEvent | Promise<ValidatedEvent> {
  try {
    const validation = validate(definition, event.data);
    if (!(validation instanceof Promise)) return apply(event, validation);
    return validation.then(
      (settled) => apply(event, settled),
      (error: unknown) => broken(event, error),
    );
  } catch (error) {
    return broken(event, error);
  }
}

function apply(event: Event, validation: Validation): ValidatedEvent {
  if ('value' in validation) return { event: { ...event, data: validation.value } };
  const list = validation.issues.map(({ path, message }) => `${path} ${message}`).join('; ');
  return { error: new Error(`The data of ${event.type} ${event.id} does not fit its schema: ${list}.`) };
}

function broken({ type, id }: Event, error: unknown): ValidatedEvent {
  return { error: new Error(`The schema of ${type} failed on ${id}: ${describeError(error).text}`, { cause: error }) };
}
