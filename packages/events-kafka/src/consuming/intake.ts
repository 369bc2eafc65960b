import { wait, type AdapterRuntime } from '@payments/events-core';
import type { KafkaMessage } from 'kafkajs';
import { noteOf, type StoredNote } from '../messages/copy-note.ts';
import { offsetOf } from './offset.ts';
import type { Handed, PartitionLog } from './partition-log.ts';
import type { Fetched, Seat } from './seat.ts';

/** Longest that other partitions of a broker wait until this one's batch is handed over. */
const patienceMs = 250;
/** Of a partition that was too slow for that before. */
const shortPatienceMs = 10;
/** A retry topic is read ahead of its time, up to so many messages. */
const mostAhead = 500;
/** So often it is asked whether a log is still the same. While another partition of its topic has no leader there is no answer, for hours perhaps. */
const mostAsked = 4;

/** One assigned partition: how its messages come from the client, and when each may be handed over. */
export interface Intake {
  readonly log: PartitionLog;
  /** Takes a batch. Resolves soon, so that the client goes on. Never rejects. */
  take(fetched: Fetched): Promise<void>;
  /** Milliseconds until the next message is due: 0 for at once. Only while there is one. */
  dueInMs(): number;
  /** Takes the next message out, with the note of a copy. */
  handOver(): { readonly handed: Handed; readonly note: StoredNote | undefined };
  /** A fetch has failed: the topic may have been made again. Nothing is taken before it is known to be the same, or nobody can tell. */
  doubt(): void;
  /** Drops what was not handed over, and takes nothing more. */
  close(): void;
}

export interface Examined {
  /** Where another log of the same name begins. */
  readonly anew?: number | undefined;
  /** Nobody knows whether it is another one: what comes twice is believed. */
  readonly unknown: boolean;
  /** There was no answer. */
  readonly failed: boolean;
}

export interface IntakeOptions {
  readonly runtime: Pick<AdapterRuntime, 'clock'>;
  readonly seat: Seat;
  readonly log: PartitionLog;
  /** Of a retry topic: how long its messages wait. 0: they are due at once. Undefined: no topic of ours. */
  readonly stepMs: number | undefined;
  /** Something waits. */
  readonly arrived: () => void;
  /**
   * The log's beginning has moved, or it is another log. Resolves when `log` knows where it begins: with where to read on if it
   * is another log, and whether that can be told of this one. Never rejects.
   */
  readonly examine: (log: PartitionLog) => Promise<Examined>;
}

export function createIntake({ runtime, seat, log, stepMs, arrived, examine }: IntakeOptions): Intake {
  const { clock } = runtime;
  const closed = new AbortController();
  /** Ends the patience of `take`. */
  let lowered = () => {};
  let slow = false;
  let paused = false;
  /** Fewer than these are left when the next batch is to be fetched. */
  let lowWater = 0;
  /** Up to which offset it was read when: no message waits longer than the step from then on, whatever the clocks say. */
  let reads: { readonly last: number; readonly atMs: number }[] = [];
  let head: { readonly message: KafkaMessage; readonly note: StoredNote | undefined } | undefined;
  /** Where the client was sent back to because it came from elsewhere. */
  let soughtAt: number | undefined;
  let examining = false;
  /** So often it is to be asked yet whether it is the same log, before anything more is taken. */
  let doubts = 0;

  async function take({ batch, resolveOffset }: Fetched): Promise<void> {
    // What comes from an assignment before this one is fetched again by whom it belongs to.
    if (closed.signal.aborted || examining) return wait(clock, patienceMs, closed.signal);
    if (doubts > 0 && !(await isTheSame())) return;
    const last = offsetOf(batch.lastOffset());
    const from = fetchedFrom(batch);
    // Less has been written than was read already: the topic was deleted and made again, and soon nobody could tell.
    const anew = from < log.position && Number(batch.highWatermark) < log.position;
    if (from !== log.position && soughtAt !== log.position && !anew) return void sendBack(from);
    if (!log.take(batch.messages, { from, last })) {
      // The client has skipped what is no message.
      log.trimmed(from);
      log.take(batch.messages, { from, last });
    }
    resolveOffset(batch.lastOffset());
    soughtAt = undefined;
    if (stepMs !== undefined && stepMs > 0) reads.push({ last, atMs: clock.elapsed() });
    lowWater = stepMs === undefined ? batch.messages.length >> 1 : mostAhead;
    arrived();
    if (stepMs === undefined && isFull()) await lowering();
    if (isFull()) pause();
  }

  /** By now a topic that was made again may have grown past where the old one was read, and nothing else would tell. */
  async function isTheSame(): Promise<boolean> {
    const asking = doubts;
    doubts = 0;
    const { anew, failed } = await examineAlone();
    if (closed.signal.aborted) return false;
    if (failed) {
      // Another failed fetch may have come meanwhile.
      doubts ||= asking - 1;
      await wait(clock, patienceMs, closed.signal);
      return false;
    }
    if (anew === undefined) return true;
    soughtAt = log.position;
    seat.seek(log, anew);
    return false;
  }

  async function examineAlone(): Promise<Examined> {
    examining = true;
    const examined = await examine(log);
    examining = false;
    return examined;
  }

  /** A batch of an earlier assignment; or there is no such offset any more, and the client reads on elsewhere. */
  async function sendBack(from: number): Promise<void> {
    const { anew, unknown } = await examineAlone();
    if (closed.signal.aborted) return;
    // The client may have fetched the same several times before it was sent back once.
    if (from > log.position || anew !== undefined || unknown) soughtAt = log.position;
    seat.seek(log, anew ?? log.position);
  }

  const isFull = () => log.buffered > lowWater;

  async function lowering(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    lowered = resolve;
    const cancel = clock.schedule(slow ? shortPatienceMs : patienceMs, resolve);
    await promise;
    cancel();
    slow = isFull();
  }

  function pause(): void {
    if (paused || closed.signal.aborted) return;
    paused = true;
    seat.pause(log);
  }

  function resumeIfLow(): void {
    if (isFull()) return;
    lowered();
    if (!paused) return;
    paused = false;
    seat.resume(log);
  }

  function readHead(message: KafkaMessage): StoredNote | undefined {
    if (head?.message !== message) head = { message, note: stepMs === undefined ? undefined : noteOf(message) };
    return head.note;
  }

  return {
    log,
    take,
    dueInMs() {
      const next = log.peek();
      if (next === undefined || stepMs === undefined || stepMs === 0) return 0;
      const note = readHead(next.message);
      if (note?.dueAt === undefined) return 0;
      while (reads[0] !== undefined && reads[0].last < next.offset) reads.shift();
      const readAtMs = reads[0]?.atMs ?? -Infinity;
      return Math.max(0, Math.min(note.dueAt - clock.now(), readAtMs + stepMs - clock.elapsed()));
    },
    handOver() {
      const handed = log.handOver();
      const note = readHead(handed.message);
      head = undefined;
      resumeIfLow();
      return { handed, note };
    },
    doubt: () => void (doubts = mostAsked),
    close() {
      closed.abort();
      lowered();
      log.close();
      reads = [];
      seat.pause(log);
    },
  };
}

/** The offset that was asked for, which the client's types leave out. */
function fetchedFrom(batch: Fetched['batch']): number {
  const from: unknown = Reflect.get(batch, 'fetchedOffset');
  return offsetOf(typeof from === 'string' ? from : (batch.messages[0]?.offset ?? batch.lastOffset()));
}

/** Oldest message of each topic that was read and is not settled, milliseconds since the Unix epoch. */
export function oldestOf(intakes: Iterable<Intake>): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { log } of intakes)
    if (log.oldestAt !== undefined) found.set(log.topic, Math.min(log.oldestAt, found.get(log.topic) ?? Infinity));
  return found;
}
