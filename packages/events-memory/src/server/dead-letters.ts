import type { DeliveryState } from '@payments/events-core';
import type { Item } from './item.ts';
import { Refusal } from './refusal.ts';

/** A message that a group gave up on. The stored message stays held as long as it lies here. */
export interface Letter {
  /** Counts the group's deaths. */
  readonly sequence: number;
  readonly item: Item;
  readonly reason: string;
  readonly diedAt: number;
  readonly state: DeliveryState;
}

/** One walk through the letters that lay here when it began, oldest first. */
export interface Sweep {
  next(): Letter | undefined;
  close(): void;
}

export interface Letters {
  readonly size: number;
  add(letter: Omit<Letter, 'sequence'>): void;
  /** False when somebody else removed it. */
  remove(letter: Letter): boolean;
  /**
   * One sweep at a time: what a second one removes, the first would miss.
   * @throws {Refusal} `dead-letters-busy`
   */
  sweep(group: string): Sweep;
  [Symbol.iterator](): IterableIterator<Letter>;
}

export function createLetters(): Letters {
  const letters = new Map<number, Letter>();
  let deaths = 0;
  let sweeping = false;

  return {
    get size() {
      return letters.size;
    },
    add(letter) {
      deaths += 1;
      letters.set(deaths, { ...letter, sequence: deaths });
    },
    remove: (letter) => letters.delete(letter.sequence),
    sweep(group) {
      if (sweeping) {
        throw new Refusal(
          'dead-letters-busy',
          `The dead letters of group "${group}" are being swept. Try again when that has ended.`,
          { retryable: true },
        );
      }
      sweeping = true;
      const last = deaths;
      const walk = letters.values();
      let open = true;
      return {
        next() {
          const { value } = walk.next();
          return value === undefined || value.sequence > last ? undefined : value;
        },
        close() {
          if (open) sweeping = false;
          open = false;
        },
      };
    },
    [Symbol.iterator]: () => letters.values(),
  };
}
