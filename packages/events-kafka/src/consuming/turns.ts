import type { Clock, Ordering } from '@payments/events-core';
import type { Intake } from './intake.ts';

/** How long a partition has had nothing out until its reservation is given up, milliseconds. */
export const idleMs = 500;

/** Whose turn it is: partition by partition, and suspects alone. */
export interface Turns {
  /** The partition whose next message is to be handed over now. */
  next(): Intake | undefined;
  /** One that was out is settled, or will not be. */
  finished(intake: Intake): void;
  /** What a partition is to commit; undefined when there is nothing to say of it. */
  sayOf(intake: Intake): 'run' | 'clean' | 'suspect' | undefined;
  /** Milliseconds until something is due that was not when `next` was asked. */
  readonly dueInMs: number;
  /** `next` has found something that may be handed over once a commit is confirmed. */
  readonly wantsCommit: boolean;
}

export interface TurnsOptions {
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly ordering: Ordering;
  readonly maxInFlight: number;
  readonly intakes: readonly Intake[];
  /** How many are out, of all partitions. */
  readonly open: () => number;
}

/**
 * - `flow`: everything is handed over that may be.
 * - `clearing`: a suspect is next, and waits until nothing else is out and the broker knows that it will be out alone.
 * - `alone`: it is out.
 * - `cleaning`: it has ended, which the broker is to know before anything else is out.
 */
type Mode = 'flow' | 'clearing' | 'alone' | 'cleaning';

export function createTurns({ clock, ordering, maxInFlight, intakes, open }: TurnsOptions): Turns {
  let mode: Mode = 'flow';
  let suspect: Intake | undefined;
  let cursor = 0;
  let dueInMs = Infinity;
  let wantsCommit = false;
  // What waits behind others of its key is out as well: one key must not leave the other partitions without a place.
  const share = ordering === 'key' && intakes.length > 1 ? maxInFlight - (maxInFlight >> 3) : maxInFlight;

  function next(): Intake | undefined {
    wantsCommit = false;
    dueInMs = Infinity;
    if (mode === 'cleaning') {
      wantsCommit = isMarked();
      if (!wantsCommit) mode = 'flow';
    }
    if (mode === 'clearing') return cleared();
    return mode === 'flow' ? flowing() : undefined;
  }

  function flowing(): Intake | undefined {
    if (open() >= maxInFlight) return undefined;
    for (let tried = 0; tried < intakes.length; tried += 1) {
      const intake = intakes[(cursor + tried) % intakes.length]!;
      const { readiness } = intake.log;
      if (readiness === 'nothing' || readiness === 'wait' || !isDue(intake)) continue;
      if (readiness === 'reserve') {
        wantsCommit = true;
        continue;
      }
      if (readiness === 'free' && intake.log.open >= share) continue;
      cursor = (cursor + tried + 1) % intakes.length;
      if (readiness === 'free') return intake;
      mode = 'clearing';
      suspect = intake;
      return cleared();
    }
    return undefined;
  }

  function isDue(intake: Intake): boolean {
    const leftMs = intake.dueInMs();
    if (leftMs > 0) dueInMs = Math.min(dueInMs, leftMs);
    return leftMs <= 0;
  }

  function cleared(): Intake | undefined {
    if (open() > 0) return undefined;
    const readiness = suspect?.log.readiness;
    if (readiness === 'alone' && !isMarked(suspect)) {
      mode = 'alone';
      return suspect;
    }
    if (readiness === 'suspect' || readiness === 'alone') {
      wantsCommit = true;
      return undefined;
    }
    // It is gone: its partition was read anew.
    mode = 'cleaning';
    wantsCommit = true;
    return undefined;
  }

  function isMarked(but?: Intake): boolean {
    return intakes.some((intake) => intake !== but && intake.log.marked);
  }

  /** `clean` once nothing has been out for a while, and nothing is about to be. */
  function isIdle(intake: Intake): boolean {
    const { open: out, idleSince, readiness } = intake.log;
    if (out > 0 || idleSince === undefined || clock.elapsed() - idleSince < idleMs) return false;
    return readiness === 'nothing' || intake.dueInMs() > 0;
  }

  function sayOf(intake: Intake): 'run' | 'clean' | 'suspect' | undefined {
    const { readiness, unsaid, low, marked } = intake.log;
    const clean = unsaid > 0 || marked ? 'clean' : undefined;
    if (mode === 'flow') {
      if (isIdle(intake)) return clean;
      const reserves = readiness === 'reserve' && intake.dueInMs() === 0;
      return unsaid > 0 || low || reserves ? 'run' : undefined;
    }
    if (mode === 'clearing' && open() > 0) return unsaid > 0 ? 'run' : undefined;
    if (intake !== suspect || mode === 'cleaning') return clean;
    return mode === 'clearing' && readiness === 'suspect' ? 'suspect' : 'run';
  }

  return {
    next,
    finished(intake) {
      if (mode !== 'alone' || intake !== suspect) return;
      const following = intake.log.peek();
      const another = following !== undefined && intake.log.readiness === 'suspect' && intake.dueInMs() === 0;
      mode = another ? 'clearing' : 'cleaning';
      if (!another) suspect = undefined;
    },
    sayOf,
    get dueInMs() {
      return dueInMs;
    },
    get wantsCommit() {
      return wantsCommit;
    },
  };
}
