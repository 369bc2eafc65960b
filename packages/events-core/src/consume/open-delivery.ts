import type { Codec, DecodedEvent } from '../codec/codec.ts';
import { codecFor } from '../codec/headers.ts';
import { convertForeignAmounts, foreignId, type ForeignAmounts } from '../codec/foreign.ts';
import type { Delivery } from '../contract/delivery.ts';
import { UndecodableError } from '../errors/undecodable-error.ts';
import type { EventDefinition, EventDefinitions } from '../events/event-definition.ts';
import type { Event } from '../events/event.ts';
import type { DeliveryNotes } from './delivery-notes.ts';
import type { DeadLetterReason } from './settle.ts';

/** What a delivery turned out to be. */
export type Opened =
  | {
      readonly kind: 'event';
      readonly event: Event;
      readonly definition: EventDefinition<unknown>;
      /** Its producer gave it no id: the one it has here must be kept. */
      readonly foreign: boolean;
    }
  | { readonly kind: 'unknown-type'; readonly type: string; readonly id: string }
  | { readonly kind: 'hopeless'; readonly reason: DeadLetterReason; readonly error: unknown };

export interface Opening {
  readonly events: EventDefinitions;
  readonly codecs: readonly Codec[];
  readonly foreignAmounts: ForeignAmounts | undefined;
}

/** Bytes to an event whose data is not validated yet. Synchronous, because the event's key decides its place in line. */
export function openDelivery(
  { events, codecs, foreignAmounts }: Opening,
  { message, position }: Pick<Delivery, 'message' | 'position'>,
  notes: DeliveryNotes,
): Opened {
  let decoded: DecodedEvent;
  try {
    decoded = codecFor(codecs, message.headers).decode(message.body);
    // A codec that is asynchronous, or broken, must not have its events pass for ones that nobody wants.
    if (typeof decoded?.type !== 'string' || decoded.type === '') {
      throw new UndecodableError('The codec gave no event with a type; decode() must be synchronous.', 'undecodable');
    }
  } catch (error) {
    return { kind: 'hopeless', reason: UndecodableError.isInstance(error) ? error.reason : 'undecodable', error };
  }
  const { type } = decoded;
  const id = decoded.id ?? notes.id ?? foreignId(message.body, position);
  const definition = Object.hasOwn(events, type) ? events[type] : undefined;
  if (definition === undefined) return { kind: 'unknown-type', type, id };

  let { data } = decoded;
  if (decoded.id === undefined && definition.amounts !== undefined) {
    const converted = convertForeignAmounts(decoded, definition.amounts, foreignAmounts);
    if ('error' in converted) return { kind: 'hopeless', reason: 'foreign-amounts', error: converted.error };
    data = converted.data;
  }
  const key = decoded.key ?? message.key ?? keyOf(definition, data);
  const { time, source } = decoded;
  const event = key === undefined ? { id, type, time, source, data } : { id, type, time, source, key, data };
  return { kind: 'event', event, definition, foreign: decoded.id === undefined };
}

/** The data is not validated yet: a key that cannot be read is no key, and validation says why. */
function keyOf(definition: EventDefinition<unknown>, data: unknown): string | undefined {
  try {
    const key: unknown = definition.key?.(data);
    return typeof key === 'string' ? key : undefined;
  } catch {
    return undefined;
  }
}
