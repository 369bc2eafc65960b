import { defineEvents, unchecked, type EventDefinition } from '@payments/events-core';

/** What the events of the clauses carry. `n` counts from 0 within one `publishMany`. */
export interface TestData {
  readonly n: number;
  readonly text?: string;
}

/** A catalogue whose types are known only at run time. */
export type TestEvents = Readonly<Record<string, EventDefinition<TestData>>>;

/** A catalogue with these types, none of them validated: what travels is the matter here, not what it means. */
export function testEvents(types: readonly string[]): TestEvents {
  return defineEvents(Object.fromEntries(types.map((type) => [type, unchecked<TestData>()]))) as unknown as TestEvents;
}
