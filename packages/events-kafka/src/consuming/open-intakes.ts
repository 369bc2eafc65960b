import { backoffMs, wait } from '@payments/events-core';
import type { Connection } from '../connection.ts';
import { isAnswer } from '../errors.ts';
import type { GroupTopics } from '../topology.ts';
import { begunAnew, readSoFar } from './begun-anew.ts';
import { beginOf, readCommitted, type Committed } from './committed.ts';
import { createIntake, type Examined, type Intake } from './intake.ts';
import { createPartitionLog, type PartitionLog } from './partition-log.ts';
import { keyOf, type Seat, type TopicPartition } from './seat.ts';
import type { SettledMemory } from './settled-memory.ts';

export interface IntakesOptions {
  readonly connection: Pick<Connection, 'runtime' | 'admin'>;
  readonly group: string;
  readonly topics: GroupTopics;
  readonly places: readonly TopicPartition[];
  readonly seat: Seat;
  /** The client was reading these partitions: it is sent back to where they are to be read on. */
  readonly again: boolean;
  readonly memory: SettledMemory;
  /** Something waits to be handed over. */
  readonly arrived: () => void;
  /** Aborts when nobody wants them any more. */
  readonly over: AbortSignal;
}

/** One partition without a leader leaves this question without an answer for its whole topic: the others are not to wait for it. */
const triesToTell = 3;
const unknown: ReadonlyMap<string, number> = new Map();

/**
 * The assigned partitions, each from where the group has committed. Asks until there is an answer; none when it was over first.
 * @throws what the broker has refused it with.
 */
export async function openIntakes(options: IntakesOptions): Promise<readonly Intake[]> {
  const { connection, group, topics, places, seat, again, memory, arrived, over } = options;
  const { runtime, admin } = connection;
  const { clock, random } = runtime;

  /** Whether it is known which logs have begun anew. */
  let told = true;

  async function read() {
    for (let failures = 0; !over.aborted; failures += 1) {
      try {
        const found = await readCommitted(admin, group, places);
        const anew = await begunAnew(admin, found).catch((error: unknown) => {
          if (failures < triesToTell) throw error;
          return unknown;
        });
        told = anew !== unknown;
        return found.map((place) => fromItsBeginning(place, anew.get(keyOf(place))));
      } catch (error) {
        if (isAnswer(error)) throw error;
        await wait(clock, backoffMs(failures, random), over);
      }
    }
    return [];
  }

  /** What was settled and committed of the log that was there before says nothing of this one. */
  function fromItsBeginning(place: Committed, begin: number | undefined): Committed & { readonly anew?: true } {
    if (begin === undefined) return place;
    const { topic, partition } = place;
    const message = `${topic}/${partition} was deleted and made again: group ${group} reads it from its beginning`;
    runtime.logger.warn({ group, topic, partition, begin }, message);
    memory.forget(place);
    return { ...place, offset: -1, metadata: null, begin, anew: true };
  }

  /** Where the log begins by now: what lies before that is gone, and was not read. */
  async function examine(log: PartitionLog): Promise<Examined> {
    const undated = log.appendedAt === undefined;
    try {
      const anew = (await begunAnew(admin, readSoFar([log]))).get(keyOf(log));
      if (anew !== undefined) return { anew, unknown: undated, failed: false };
      const begin = (await beginOf(admin, log.topic)).get(log.partition);
      if (begin === undefined || over.aborted || !log.trimmed(begin)) return { unknown: undated, failed: false };
      const message = `Kafka has deleted events of ${log.topic}/${log.partition} before offset ${begin} that group ${group} has not read. Give the topic a longer retention.`;
      runtime.notify({ kind: 'loss-suspected', group, message });
    } catch {
      // It is asked again, or what is found there is taken as it is.
      return { unknown: undated, failed: true };
    }
    return { unknown: undated, failed: false };
  }

  const committed = await read();
  if (over.aborted) return [];
  return committed.map((place) => {
    const known = memory.recall(place, place.offset);
    const log = createPartitionLog({ ...place, committed: place, known, elapsed: clock.elapsed });
    const stepMs = stepOf(topics, log.topic);
    // The client keeps over assignments what it was told of a partition.
    seat.resume(log);
    // It would begin where the group has committed, which may be the end of another log.
    if (again || place.anew === true) seat.seek(log, log.position);
    const intake = createIntake({ runtime, seat, log, stepMs, arrived, examine });
    if (!told) intake.doubt();
    return intake;
  });
}

/** How long messages of a topic wait; undefined for a topic of events. */
function stepOf({ retry, now }: GroupTopics, topic: string): number | undefined {
  return topic === now ? 0 : retry.find((one) => one.topic === topic)?.stepMs;
}
