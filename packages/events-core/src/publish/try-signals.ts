import type { Clock } from '../contract/runtime.ts';
import { createLinkedList, type ListNode } from '../ports/linked-list.ts';

/** One try. In one slot at most. */
export interface OpenTry<Self> extends ListNode<Self> {
  /** Set while the try runs: undefined, or another one, once it has ended or was abandoned. */
  slot: TrySlot | undefined;
}

/** What tries that share a signal have in common. */
export interface TrySlot {
  readonly signal: AbortSignal;
  /** Tries that are open. */
  users: number;
  /** Frees its timer. */
  cancel: () => void;
}

export interface TrySignals<T> {
  /** A signal that aborts after the timeout, or up to 2.5 % later. */
  join(begun: T): TrySlot;
  /** A signal of its own, which aborts after `afterMs`. */
  joinAlone(begun: T, afterMs: number): TrySlot;
  /** Must be called when the try has ended. False where it was abandoned before: its answer comes too late. */
  leave(ended: T, slot: TrySlot): boolean;
}

/** What an adapter has to end a try in after its signal has aborted, before nobody waits for it any longer. */
const abortGraceMs = 1_000;

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
  /** The tries of all slots: a list for each would cost each publish that is awaited. */
  const open = createLinkedList<T>();
  let current: TrySlot | undefined;
  let closesAt = 0;

  function openSlot(afterMs: number): TrySlot {
    const controller = new AbortController();
    const slot: TrySlot = {
      signal: controller.signal,
      users: 0,
      cancel: clock.schedule(afterMs, () => {
        slot.cancel = clock.schedule(abortGraceMs, () => abandonAll(slot));
        controller.abort();
      }),
    };
    return slot;
  }

  function enter(begun: T, slot: TrySlot): TrySlot {
    open.append(begun);
    begun.slot = slot;
    slot.users += 1;
    return slot;
  }

  function remove(one: T): void {
    open.remove(one);
    one.slot = undefined;
  }

  function release(slot: TrySlot): void {
    slot.users -= 1;
    if (slot.users > 0) return;
    slot.cancel();
    if (current === slot) current = undefined;
  }

  function abandonAll(slot: TrySlot): void {
    const left = [...open].filter((one) => one.slot === slot);
    for (const one of left) remove(one);
    for (const one of left) abandon(one);
  }

  return {
    join(begun) {
      const now = clock.elapsed();
      // A slot that time has left behind must not be joined.
      if (current === undefined || now >= closesAt) {
        current = openSlot(timeoutMs + slotMs);
        closesAt = now + slotMs;
      }
      return enter(begun, current);
    },
    joinAlone: (begun, afterMs) => enter(begun, openSlot(afterMs)),
    leave(ended, slot) {
      if (ended.slot !== slot) return false;
      remove(ended);
      release(slot);
      return true;
    },
  };
}
