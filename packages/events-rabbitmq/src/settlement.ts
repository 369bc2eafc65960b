import { backoffMs, type DeliveryState, describeError, type Settlement, wait } from '@payments/events-core';
import type { Message } from 'amqplib';
import type { Connection } from './connection.ts';
import { toCopy, type CopyNote, type StoredCopy } from './messages/copy-note.ts';
import { CopyError } from './publishing/copies.ts';
import { retryStepMs, type GroupQueues } from './topology.ts';

/** Milliseconds after which a copy without an answer counts as delayed. */
const promptMs = 1_000;

/** A copy that is to be stored before its original is acknowledged. */
interface Copying {
  readonly message: Message;
  readonly queue: string;
  readonly note: CopyNote;
  /** What it serves, for people. Absent: the adapter's own business. */
  readonly settlement?: Settlement['kind'];
  /** Aborts when the right to settle is gone. */
  readonly signal: AbortSignal;
  /** Called once when it is found that it cannot be copied: nothing else should wait for it. */
  readonly stuck?: () => void;
}

/** What could not be stored at once, and is not yet. */
export interface Unapplied {
  readonly delayed: number;
  /** Those of them that cannot be copied: as a rule headers of another library's that leave no room for a note. */
  readonly tooLarge: number;
}

/** Stores copies for one group, over as many connections as it takes. */
export interface Settler extends Unapplied {
  /** True once the broker has confirmed it, false when the right to settle was gone first. Never rejects. */
  storeCopy(copying: Copying): Promise<boolean>;
  /** The same for anything else. */
  store(storing: Storing): Promise<boolean>;
}

interface Storing {
  readonly queue: string;
  /** Made when it is stored. @throws whatever it finds in the message: then it cannot be copied. */
  readonly copy: StoredCopy | (() => StoredCopy);
  readonly settlement?: Settlement['kind'];
  readonly signal: AbortSignal;
  readonly stuck?: () => void;
}

export interface SettlerOptions {
  readonly connection: Pick<Connection, 'runtime' | 'copies'>;
  readonly group: string;
  /** Declares the group's queues again. Never rejects. */
  readonly redeclare: () => Promise<void>;
}

export function createSettler({ connection, group, redeclare }: SettlerOptions): Settler {
  const { runtime, copies } = connection;
  const { clock, random } = runtime;
  let delayed = 0;
  let tooLarge = 0;

  async function store({ queue, copy, settlement, signal, stuck }: Storing): Promise<boolean> {
    let reported = false;
    let large = false;
    const report = (error: unknown) => {
      if (reported || signal.aborted) return;
      reported = true;
      delayed += 1;
      if (settlement !== undefined) runtime.notify({ kind: 'settlement-delayed', group, settlement, error });
    };
    const silence = () => report(new Error(`The broker has not confirmed a copy to ${queue} within ${promptMs} ms.`));
    const cancel = clock.schedule(promptMs, silence);
    try {
      for (let failures = 0; !signal.aborted; failures += 1) {
        try {
          await copies.store(queue, made(copy), signal);
          return true;
        } catch (error) {
          report(error);
          if (!large && isHopeless(error)) {
            large = true;
            tooLarge += 1;
            stuck?.();
          }
          // Somebody has deleted the queue: the message stays where it is until there is one again.
          if (error instanceof CopyError && error.reason === 'unroutable' && !signal.aborted) await redeclare();
        }
        await wait(clock, backoffMs(failures, random), signal);
      }
      return false;
    } finally {
      cancel();
      if (reported) delayed -= 1;
      if (large) tooLarge -= 1;
    }
  }

  return {
    get delayed() {
      return delayed;
    },
    get tooLarge() {
      return tooLarge;
    },
    store,
    storeCopy: ({ message, note, ...storing }) => store({ ...storing, copy: () => toCopy(message, note) }),
  };
}

function made(copy: Storing['copy']): StoredCopy {
  if (typeof copy !== 'function') return copy;
  try {
    return copy();
  } catch (error) {
    throw new UncopyableError(`A message cannot be copied: ${describeError(error).text}`, { cause: error });
  }
}

class UncopyableError extends Error {
  override readonly name = 'UncopyableError';
}

function isHopeless(error: unknown): boolean {
  return error instanceof UncopyableError || (error instanceof CopyError && error.reason === 'too-large');
}

export interface Destination {
  readonly queue: string;
  readonly note: CopyNote;
  /** Milliseconds to wait here first. */
  readonly waitMs?: number;
}

export interface DestinationFacts {
  readonly group: string;
  readonly queues: GroupQueues;
  readonly retryDelaysMs: readonly number[];
  readonly now: () => number;
}

/** Where a retry or a dead letter is stored, and with what beside it. A retry begins its count of unsettled deliveries anew. */
export function destinationOf(
  settlement: Extract<Settlement, { kind: 'retry' | 'deadLetter' }>,
  { group, queues, retryDelaysMs, now }: DestinationFacts,
): Destination {
  const { state } = settlement;
  if (settlement.kind === 'deadLetter') {
    return { queue: queues.dead, note: { state, reason: settlement.reason, diedAt: now(), group } };
  }
  const stepMs = retryStepMs(retryDelaysMs, settlement.delayMs);
  // A policy without retries declares no steps; what is retried all the same (busy elsewhere) waits in this process.
  if (stepMs === undefined) return { queue: queues.work, note: { state }, waitMs: settlement.delayMs };
  return { queue: queues.retry(stepMs), note: { state } };
}

/** Where a message goes back to that is released: its count of unsettled deliveries is neither raised nor forgotten. */
export function releaseOf(queue: string, state: DeliveryState, unsettled: number): Destination {
  return { queue, note: unsettled === 0 ? { state } : { state, unsettled } };
}
