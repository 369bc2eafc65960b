import type { AdapterRuntime } from '@payments/events-core';
import { expelling, isAnswer, protocolType } from '../errors.ts';
import { createCommits, type Commits, type Saying } from './commits.ts';
import type { Intake } from './intake.ts';
import type { Seat } from './seat.ts';
import type { SettledMemory } from './settled-memory.ts';

export interface EpochCommitsOptions {
  readonly runtime: Pick<AdapterRuntime, 'clock' | 'random'>;
  readonly seat: Pick<Seat, 'commit'>;
  readonly memory: SettledMemory;
  /** Those that may be committed for now. */
  readonly intakes: () => Iterable<Intake>;
  /** What a partition is to say; undefined when there is nothing. */
  readonly sayOf: (intake: Intake) => 'run' | 'clean' | 'suspect' | undefined;
  /** Whether it is the last one. */
  readonly closing: () => boolean;
  readonly confirmed: () => void;
  /** The partitions are somebody else's. */
  readonly moved: (cause: unknown) => void;
  /** It will not be stored, however often it is sent. */
  readonly failed: (error: unknown) => void;
}

/** What the partitions of an epoch commit, and what becomes of it. */
export function createEpochCommits(options: EpochCommitsOptions): Commits {
  const { runtime, seat, memory, intakes, sayOf, closing, confirmed, moved, failed } = options;

  function collect(): readonly Saying[] {
    try {
      return sayings();
    } catch (error) {
      failed(error);
      return [];
    }
  }

  function sayings(): readonly Saying[] {
    const found: Saying[] = [];
    for (const intake of intakes()) {
      const { log } = intake;
      if (log.rewound) memory.forget(log);
      const say = sayOf(intake);
      const commitment = say === undefined ? undefined : log.commitment(say);
      if (commitment === undefined) continue;
      memory.telling(log);
      found.push({ log, commitment });
    }
    return found;
  }

  /** True where there is no use in trying again. */
  function refused(error: unknown): boolean {
    const type = protocolType(error) ?? '';
    // Another coordinator is asked only after the next join. What was settled is remembered.
    if (expelling.has(type) || (closing() && type === 'NOT_COORDINATOR_FOR_GROUP')) moved(error);
    // A topic that is gone, a permission that was taken away: not for this assignment to mend.
    else if (isAnswer(error) && type !== 'REBALANCE_IN_PROGRESS') failed(error);
    else return false;
    return true;
  }

  return createCommits({
    runtime,
    collect,
    send: (told) =>
      seat.commit(told.map(({ log: { topic, partition }, commitment }) => ({ topic, partition, commitment }))),
    confirmed(told) {
      for (const { log, commitment } of told) memory.told(log, commitment);
      confirmed();
    },
    failed: refused,
  });
}
