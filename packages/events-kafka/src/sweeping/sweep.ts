import { EventsError, type DeadLetter, type SweepResult, type SweepVerdict } from '@payments/events-core';
import type { Connection } from '../connection.ts';
import { undeclared, unavailable } from '../errors.ts';
import { namesOf } from '../topology.ts';
import { extentsOf, shorten, type Extents } from './extent.ts';
import { createLetterBox } from './letter-box.ts';
import { takeLock, type Held } from './lock.ts';
import { walkLetters } from './walk.ts';

export interface SweepOptions {
  readonly connection: Connection;
  readonly group: string;
  readonly busy: () => Error;
}

type Visit = (letter: DeadLetter) => Promise<SweepVerdict>;

/** One pass over a group's dead letters. */
export async function sweepLetters(options: SweepOptions, visit: Visit, signal: AbortSignal): Promise<SweepResult> {
  const { connection, group, busy } = options;
  const { settings } = connection;
  const { dead: topic, sweepGroup } = namesOf(settings, group);
  const progress = { visited: 0, complete: false };
  try {
    const { letters, removals } = await extents();
    if (letters.begin === letters.end && removals.begin === removals.end) return { visited: 0, complete: true };
    const held = await takeLock(connection, { group: sweepGroup, topic, busy }, signal);
    try {
      await sweepHeld(held);
    } finally {
      await held.release(signal);
    }
    return progress;
  } catch (error) {
    if (error instanceof VisitFailed) throw error.thrown;
    if (signal.aborted) return { ...progress, complete: false };
    if (EventsError.isInstance(error)) throw error;
    throw unavailable(`The dead letters of group "${group}" could not be looked through`, error, settings);
  }

  async function extents(): Promise<Extents> {
    const found = await extentsOf(connection, topic);
    if (found === undefined) throw undeclared(group, topic);
    return found;
  }

  async function sweepHeld(held: Held): Promise<void> {
    // Somebody else may have swept until now.
    const found = await extents();
    held.check();
    const stop = AbortSignal.any([held.over, signal]);
    const box = createLetterBox({ connection, group, stop, check: held.check });
    const walk = { held, topic, extents: found, clock: connection.runtime.clock, over: stop };
    let left = 0;
    progress.complete = await walkLetters(walk, async (letter) => {
      const verdict = await visited(() => visit(box.shown(letter)));
      progress.visited += 1;
      if (verdict.action === 'keep' || verdict.action === 'stop') left += 1;
      else await box.apply(letter, verdict);
      return verdict.action !== 'stop';
    }).finally(box.settled);
    await box.applied();
    if (progress.complete && left === 0) await tidy(held, found);
  }

  /** What was removed need not lie there. If that fails, the next sweep that finds nothing does it. */
  async function tidy(held: Held, { letters }: Extents): Promise<void> {
    try {
      const { removals } = await extents();
      // All of them were said by this sweep or before it, as nobody else can have had the lock when that was read.
      held.check();
      await shorten(connection, topic, { letters: letters.end, removals: removals.end });
    } catch {
      // Nothing is wrong with the letters.
    }
  }
}

async function visited(visit: () => Promise<SweepVerdict>): Promise<SweepVerdict> {
  try {
    return await visit();
  } catch (error) {
    throw new VisitFailed(error);
  }
}

/** What `visit` threw goes to the caller as it is. */
class VisitFailed extends Error {
  readonly thrown: unknown;

  constructor(thrown: unknown) {
    super('visit failed');
    this.thrown = thrown;
  }
}
