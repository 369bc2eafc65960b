import type { Clock } from '../contract/runtime.ts';
import { createLinkedList, type ListNode } from '../ports/linked-list.ts';

/** One try. In one slot at most. */
export interface OpenTry<Self> extends ListNode<Self> {
  /** Set while the try runs: undefined, or another one, once it has ended or was abandoned. */
  slot: TrySlot<Self> | undefined;
}

/** Tries that share a signal. */
export interface TrySlot<T> {
  readonly signal: AbortSignal;
  /** Must be called when the try has ended. False where it was abandoned before: its answer comes too late. */
  leave(ended: T): boolean;
}

export interface TrySignals<T> {
  /** A signal that aborts after the timeout, or up to 2.5 % later. */
  join(begun: T): TrySlot<T>;
  /** A signal of its own, which aborts after `afterMs`. */
  joinAlone(begun: T, afterMs: number): TrySlot<T>;
}

interface Slot<T> extends TrySlot<T> {
  enter(begun: T): void;
}

/** What an adapter has to end a try in after its signal has aborted, before nobody waits for it any longer. */
export const abortGraceMs = 1_000;

/**
 * The signals of tries. Those that begin close together share one, because a controller and a timer for each publish
 * would cost more than the publish. A try that is still open `abortGraceMs` after its signal has aborted, because its
 * adapter ignores signals, is given to `abandon`.
 */
export function createTrySignals<T extends OpenTry<T>>(
  clock: Clock,
  timeoutMs: number,
  abandon: (open: T) => void,
): TrySignals<T> {
  const slotMs = Math.max(1, timeoutMs / 40);
  let current: Slot<T> | undefined;
  let closesAt = 0;

  function openSlot(afterMs: number): Slot<T> {
    const controller = new AbortController();
    const open = createLinkedList<T>();
    let cancel = clock.schedule(afterMs, () => {
      cancel = clock.schedule(abortGraceMs, abandonAll);
      controller.abort();
    });

    function remove(one: T): void {
      open.remove(one);
      one.slot = undefined;
    }

    function abandonAll(): void {
      for (let first = open.first; first !== undefined; first = open.first) {
        remove(first);
        abandon(first);
      }
    }

    const slot = {
      signal: controller.signal,
      enter(begun: T) {
        open.append(begun);
        begun.slot = slot;
      },
      leave(ended: T) {
        if (ended.slot !== slot) return false;
        remove(ended);
        if (open.length > 0) return true;
        cancel();
        if (current === slot) current = undefined;
        return true;
      },
    };
    return slot;
  }

  return {
    join(begun) {
      const now = clock.elapsed();
      // A slot that time has left behind must not be joined.
      if (current === undefined || now >= closesAt) {
        current = openSlot(timeoutMs + slotMs);
        closesAt = now + slotMs;
      }
      current.enter(begun);
      return current;
    },
    joinAlone(begun, afterMs) {
      const slot = openSlot(afterMs);
      slot.enter(begun);
      return slot;
    },
  };
}
