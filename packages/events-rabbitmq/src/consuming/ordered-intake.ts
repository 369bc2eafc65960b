import { wait } from '@payments/events-core';
import type { ConsumeMessage } from 'amqplib';
import { nameOf, openCrashMarks, type CrashMarks } from './crash-marks.ts';
import type { Held } from './epoch.ts';
import { appliedMs, endFailed, type Intake, type IntakeOptions } from './intake.ts';

/**
 * Ordering `key`. One owner at a time, by the broker's single active consumer. A returned message goes behind other
 * returned ones, so every owner takes the whole returned set at once (one prefetch for the group, never a single nack),
 * hands it over first, alone and in order, and then what is fresh.
 */
export function createOrderedIntake(options: IntakeOptions): Intake {
  const { connection, epoch, queues, settler, maxInFlight, cancelled } = options;
  const { clock, logger } = connection.runtime;
  const { channel } = epoch;
  let consuming = false;
  let quiet = false;
  let marks: CrashMarks | undefined;
  /** The oldest that was not handed over; younger ones follow it in the list of what is held. */
  let next: Held | undefined;
  /** The suspect that is out. */
  let alone: Held | undefined;
  /** Core has given it back. */
  let givenBack = false;
  /** Marks are being read or written: nothing is handed over meanwhile. */
  let marking: Promise<void> | undefined;
  const failed = (error: unknown) => endFailed(epoch, logger, { queue: queues.work, error });

  async function start(): Promise<void> {
    await epoch.ask(channel.prefetch(maxInFlight));
    await epoch.ask(channel.consume(queues.work, received));
    consuming = true;
  }

  function received(message: ConsumeMessage | null): void {
    try {
      if (message === null) return cancelled(queues.work);
      const held = epoch.hold(message, queues.work);
      held.unsettled = held.note?.unsettled ?? 0;
      next ??= held;
      pump();
    } catch (error) {
      failed(error);
    }
  }

  function pump(): void {
    try {
      handOverNext();
    } catch (error) {
      failed(error);
    }
  }

  function handOverNext(): void {
    while (next !== undefined && !quiet && alone === undefined && marking === undefined && !epoch.signal.aborted) {
      const held = next;
      if (marks === undefined) return mark(loadMarks);
      const known = marks;
      if (isSuspect(held, known)) {
        if (epoch.out === 0) mark(() => startAlone(held, known));
        return;
      }
      if (held.returned === 0) known.forget();
      next = held.next;
      epoch.handOver(held);
    }
  }

  function isSuspect(held: Held, known: CrashMarks): boolean {
    return held.returned > 0 && (!known.clean || known.unsettledOf(nameOf(held.message)) !== undefined);
  }

  function mark(work: () => Promise<void>): void {
    const marked = work().then(() => {
      marking = undefined;
      pump();
    }, failed);
    marking = marked;
  }

  async function loadMarks(): Promise<void> {
    const opened = await openCrashMarks({ epoch, queue: queues.marks, settler, clock });
    await opened.load();
    marks = opened;
  }

  async function startAlone(held: Held, known: CrashMarks): Promise<void> {
    const name = nameOf(held.message);
    held.unsettled = known.unsettledOf(name) ?? held.unsettled + 1;
    if (!(await known.begin(name, held.unsettled))) return;
    if (quiet || epoch.signal.aborted) return known.released();
    next = held.next;
    alone = held;
    epoch.handOver(held);
  }

  return {
    start,
    get consuming() {
      return consuming && !epoch.signal.aborted;
    },
    finished(held) {
      if (held !== alone || marks === undefined) return pump();
      const known = marks;
      alone = undefined;
      mark(() => (givenBack ? known.released() : known.settled()));
    },
    // It stays with the channel, whose end returns it to its old place.
    async release(held) {
      quiet = true;
      givenBack ||= held === alone;
    },
    async quiet() {
      quiet = true;
      await marking;
    },
    async leave() {
      await marking;
      if (marks === undefined) return wait(clock, appliedMs, epoch.signal);
      const orderly = epoch.out === 0 && !(next !== undefined && isSuspect(next, marks));
      await Promise.all([orderly ? marks.leaveClean() : undefined, wait(clock, appliedMs, epoch.signal)]);
      await marks.close();
    },
  };
}
