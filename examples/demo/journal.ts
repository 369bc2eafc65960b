import type { TypeOf } from '@payments/events-core';
import type { DemoEvent, DemoEvents } from './catalogue.ts';

type DataOf<T extends TypeOf<DemoEvents>> = Extract<DemoEvent, { readonly type: T }>['data'];

/** Something that happened, before it is published and has an id. */
export type Happening = {
  [T in TypeOf<DemoEvents>]: { readonly type: T; readonly data: DataOf<T>; readonly time: Date };
}[TypeOf<DemoEvents>];

/** Where happenings are written down, in any order. */
export interface Journal {
  write<T extends TypeOf<DemoEvents>>(at: number, type: T, data: DataOf<T>): void;
  /** In the order in which they happened. */
  inOrder(): readonly Happening[];
}

export function createJournal(): Journal {
  const happenings: Happening[] = [];

  return {
    write(at, type, data) {
      // The compiler does not see that a type and its data stay together.
      happenings.push({ type, data, time: new Date(at) } as Happening);
    },
    inOrder: () => happenings.toSorted((one, other) => one.time.getTime() - other.time.getTime()),
  };
}
