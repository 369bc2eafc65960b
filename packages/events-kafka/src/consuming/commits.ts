import { backoffMs, wait, type AdapterRuntime } from '@payments/events-core';
import type { PartitionLog } from './partition-log.ts';
import type { Commitment } from './told.ts';

/** What one partition says, and to whom the answer is to be told. */
export interface Saying {
  readonly log: PartitionLog;
  readonly commitment: Commitment;
}

/** Commits of one epoch: one at a time, everything that is to be said in one request. */
export interface Commits {
  /** Something was settled: within a quarter of a second. */
  soon(): void;
  /** As soon as the one that is under way is answered. */
  now(): void;
  /** Resolves when everything that is to be said from this call on is confirmed. False: the epoch was over first. */
  flush(): Promise<boolean>;
  /** Says nothing more. Idempotent. */
  close(): void;
}

export interface CommitsOptions {
  readonly runtime: Pick<AdapterRuntime, 'clock' | 'random'>;
  /** What is to be said. Asked right before it is sent. */
  readonly collect: () => readonly Saying[];
  /** Resolves when the broker has stored all of it. */
  readonly send: (sayings: readonly Saying[]) => Promise<void>;
  /** It is stored, and every partition knows of it. */
  readonly confirmed: (sayings: readonly Saying[]) => void;
  /** It was not stored, or nobody knows. True: it will not be either, and there is no use in trying again. */
  readonly failed: (error: unknown) => boolean;
}

/** Longest until a settlement is committed. */
const commitEveryMs = 250;

export function createCommits({ runtime, collect, send, confirmed, failed }: CommitsOptions): Commits {
  const { clock, random } = runtime;
  const closed = new AbortController();
  let cancelTimer: (() => void) | undefined;
  let wanted = false;
  let running = false;
  /** Those who wait for what is collected next. */
  let waiting: ((stored: boolean) => void)[] = [];

  function now(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    if (closed.signal.aborted) return;
    wanted = true;
    if (!running) void run();
  }

  async function run(): Promise<void> {
    running = true;
    try {
      for (let failures = 0; wanted && !closed.signal.aborted;) {
        wanted = false;
        const asking = waiting;
        waiting = [];
        if (await stored()) {
          failures = 0;
          for (const answer of asking) answer(true);
        } else {
          waiting = [...asking, ...waiting];
          wanted = true;
          await wait(clock, backoffMs(failures, random), closed.signal);
          failures += 1;
        }
      }
    } finally {
      running = false;
      if (closed.signal.aborted) refuse();
    }
  }

  function refuse(): void {
    for (const answer of waiting) answer(false);
    waiting = [];
  }

  async function stored(): Promise<boolean> {
    try {
      const sayings = collect();
      if (sayings.length > 0) await send(sayings);
      if (closed.signal.aborted) return false;
      for (const { log, commitment } of sayings) log.committed(commitment);
      confirmed(sayings);
      return true;
    } catch (error) {
      if (!closed.signal.aborted && failed(error)) close();
      return false;
    }
  }

  function close(): void {
    closed.abort();
    cancelTimer?.();
    cancelTimer = undefined;
    // What is being sent is answered for when it is answered.
    if (!running) refuse();
  }

  return {
    soon() {
      if (!closed.signal.aborted && !wanted) cancelTimer ??= clock.schedule(commitEveryMs, now);
    },
    now,
    async flush() {
      if (closed.signal.aborted) return false;
      const { promise, resolve } = Promise.withResolvers<boolean>();
      waiting.push(resolve);
      now();
      return promise;
    },
    close,
  };
}
