import { describeError } from '../errors/describe-error.ts';
import type { EventDefinition } from '../events/event-definition.ts';
import type { Event } from '../events/event.ts';
import { validate, type Validation } from '../events/validate.ts';

/** The event as handlers see it, or why its data is refused. */
export type ValidatedEvent = { readonly event: Event } | { readonly error: Error };

/**
 * A promise only where the event's schema needs one; it rejects when the schema does, which may pass: a schema that asks
 * a database is a part of handling. One that throws refuses the data.
 */
export function validateEvent(
  event: Event,
  definition: EventDefinition<unknown>,
): ValidatedEvent | Promise<ValidatedEvent> {
  let validation: Validation | Promise<Validation>;
  try {
    validation = validate(definition, event.data);
  } catch (error) {
    const { type, id } = event;
    return {
      error: new Error(`The schema of ${type} failed on ${id}: ${describeError(error).text}`, { cause: error }),
    };
  }
  return validation instanceof Promise ? validation.then((late) => apply(event, late)) : apply(event, validation);
}

function apply(event: Event, validation: Validation): ValidatedEvent {
  if ('value' in validation) return { event: { ...event, data: validation.value } };
  const list = validation.issues.map(({ path, message }) => `${path} ${message}`).join('; ');
  return { error: new Error(`The data of ${event.type} ${event.id} does not fit its schema: ${list}.`) };
}
