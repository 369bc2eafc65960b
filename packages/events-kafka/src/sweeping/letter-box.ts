import { createApplying, type DeadLetter, type SweepVerdict } from '@payments/events-core';
import type { Connection } from '../connection.ts';
import { undeclared } from '../errors.ts';
import type { NativeRecord } from '../mapping.ts';
import { CopyError, type Storing } from '../publishing/copies.ts';
import { namesOf } from '../topology.ts';
import { removalOf, toDeadLetter, toRedriven, type Letter } from './letter.ts';
import { removalsPartition } from './partitions.ts';

/** What is done with the letters of a group. */
export interface LetterBox {
  shown(letter: Letter): DeadLetter;
  /** Begins at once; resolves when there is room for another. @throws what an earlier one failed with */
  apply(letter: Letter, verdict: Extract<SweepVerdict, { action: 'discard' | 'redrive' }>): Promise<void>;
  /** Resolves when all are applied. @throws what one of them failed with */
  applied(): Promise<void>;
  /** Resolves when none is under way, whatever became of them. */
  settled(): Promise<void>;
}

export interface LetterBoxOptions {
  readonly connection: Pick<Connection, 'settings' | 'topics' | 'copies'>;
  readonly group: string;
  readonly stop: AbortSignal;
  /** @throws when it is somebody else's turn */
  readonly check: () => void;
}

/** Copies on their way: one by one they would take a millisecond each. */
const mostApplying = 50;

export function createLetterBox({ connection, group, stop, check }: LetterBoxOptions): LetterBox {
  const { settings, topics, copies } = connection;
  const names = namesOf(settings, group);
  const applying = createApplying(mostApplying);
  let found: Promise<string> | undefined;

  async function store(topic: string, record: NativeRecord, storing: Omit<Storing, 'signal'>): Promise<void> {
    check();
    try {
      await copies.store(topic, record, { ...storing, signal: stop });
    } catch (error) {
      const missing = error instanceof CopyError && error.reason === 'unroutable';
      throw missing ? undeclared(group, topic) : error;
    }
  }

  /** The one that the group reads. */
  function dueAtOnce(): Promise<string> {
    found ??= topics.list().then((all) => (all.includes(names.nowByKey) ? names.nowByKey : names.now));
    return found;
  }

  /** Stored before it is removed: a crash between doubles it, never loses it. */
  async function redrive(letter: Letter, state: DeadLetter['state']): Promise<void> {
    const topic = await dueAtOnce();
    const { key } = letter.original;
    const by = topic === names.nowByKey && key !== null ? { by: key } : {};
    await store(topic, toRedriven(letter, { topic: names.dead, group, state }), by);
    await remove(letter);
  }

  function remove(letter: Letter): Promise<void> {
    return store(names.dead, removalOf(letter), { partition: removalsPartition });
  }

  return {
    shown: (letter) => toDeadLetter(letter, group),
    apply: (letter, verdict) =>
      applying.add(verdict.action === 'discard' ? remove(letter) : redrive(letter, verdict.state)),
    applied: applying.all,
    settled: applying.settled,
  };
}
