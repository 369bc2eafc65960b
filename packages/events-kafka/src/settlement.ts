import { backoffMs, describeError, wait, type Settlement } from '@payments/events-core';
import type { KafkaMessage } from 'kafkajs';
import type { Connection } from './connection.ts';
import { toCopy, type CopyNote, type CopyRecord } from './messages/copy-note.ts';
import { CopyError } from './publishing/copies.ts';
import { lettersPartition } from './sweeping/partitions.ts';
import type { GroupTopics, RetryTopic } from './topology.ts';

/** Milliseconds after which a copy without an answer counts as delayed. */
const promptMs = 1_000;

/** A copy that is to be stored before its original counts as settled. */
interface Copying {
  /** As it was before any copy was made of it. */
  readonly message: KafkaMessage;
  readonly topic: string;
  readonly partition?: number;
  readonly note: CopyNote;
  readonly settlement: Settlement['kind'];
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
}

export interface SettlerOptions {
  readonly connection: Pick<Connection, 'runtime' | 'copies'>;
  readonly group: string;
  /** Declares the group's topics again. Never rejects. */
  readonly redeclare: () => Promise<void>;
}

export function createSettler({ connection, group, redeclare }: SettlerOptions): Settler {
  const { runtime, copies } = connection;
  const { clock, random } = runtime;
  let delayed = 0;
  let tooLarge = 0;

  async function storeCopy({ topic, partition, settlement, signal, stuck, ...copying }: Copying): Promise<boolean> {
    const place = partition === undefined ? { signal } : { signal, partition };
    let reported = false;
    let large = false;
    const report = (error: unknown) => {
      if (reported || signal.aborted) return;
      reported = true;
      delayed += 1;
      runtime.notify({ kind: 'settlement-delayed', group, settlement, error });
    };
    const silence = () => report(new Error(`Kafka has not confirmed a copy to ${topic} within ${promptMs} ms.`));
    const cancel = clock.schedule(promptMs, silence);
    try {
      for (let failures = 0; !signal.aborted; failures += 1) {
        try {
          await copies.store(topic, made(copying), place);
          return true;
        } catch (error) {
          report(error);
          if (!large && isHopeless(error)) {
            large = true;
            tooLarge += 1;
            stuck?.();
          }
          // Somebody has deleted the topic: the message stays where it is until there is one again.
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
    storeCopy,
  };
}

function made({ message, note }: Pick<Copying, 'message' | 'note'>): CopyRecord {
  try {
    return toCopy(message, note);
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
  readonly topic: string;
  readonly partition?: number;
  readonly note: CopyNote;
  /** Milliseconds to wait here first. */
  readonly waitMs?: number;
}

export interface DestinationFacts {
  readonly group: string;
  /** Its retry topics are those of the policy of now, by step. */
  readonly topics: Pick<GroupTopics, 'retry' | 'now' | 'dead'>;
  readonly now: () => number;
  /** Of the original. */
  readonly position: string;
}

/** Where a retry or a dead letter is stored, and with what beside it. A retry begins its count of unsettled deliveries anew. */
export function destinationOf(
  settlement: Extract<Settlement, { kind: 'retry' | 'deadLetter' }>,
  { group, topics, now, position }: DestinationFacts,
): Destination {
  const { state } = settlement;
  const note = { state, position, group };
  if (settlement.kind === 'deadLetter') {
    const { reason } = settlement;
    return { topic: topics.dead, partition: lettersPartition, note: { ...note, reason, diedAt: now() } };
  }
  const step = stepFor(topics.retry, settlement.delayMs);
  // A policy without retries declares no steps; what is retried all the same (busy elsewhere) waits in this process.
  if (step === undefined) return { topic: topics.now, note, waitMs: settlement.delayMs };
  // All of a topic wait equally long, or those that are due would lie behind others.
  return { topic: step.topic, note: { ...note, dueAt: now() + step.stepMs } };
}

/** The next longer step, or the longest. */
function stepFor(steps: readonly RetryTopic[], delayMs: number): RetryTopic | undefined {
  return steps.find(({ stepMs }) => stepMs >= delayMs) ?? steps.at(-1);
}
