import type { StandardSchemaV1 } from '@standard-schema/spec';

/** Which fields of `data` are amounts of money, so that foreign amounts can be converted or refused. */
export interface AmountFields {
  /** Names of fields directly in `data` that hold an amount. */
  readonly fields: readonly string[];
  /** Name of the field directly in `data` that holds the ISO 4217 currency. */
  readonly currency: string;
}

/** What a catalogue says about one event type. `In` is accepted by publish and travels; `Out` is what handlers receive. */
export interface EventDefinition<In, Out = In> {
  readonly schema: StandardSchemaV1<In, Out>;
  /** The id of the thing the event is about. Absent: events of this type have no order. */
  readonly key?: (data: Out) => string;
  readonly amounts?: AmountFields;
}

/** The shape every catalogue has at run time, its payload types forgotten. */
export type EventDefinitions = Readonly<Record<string, EventDefinition<unknown>>>;
