/**
 * Time as the clauses know it: real on real brokers, virtual on memory. Under virtual time nothing waits: whenever
 * everything that could run has run, the clock jumps to the next timer. So a clause reads the same on both.
 *
 * Clauses never use `setTimeout`, `Date.now` or a fixed sleep: they wait `until` something holds, with a deadline.
 */
export interface LabTime {
  /** Milliseconds since the Unix epoch, on the clock that core and the adapter run on. */
  now(): number;
  /** As long as a handler's work takes, or a pause between two publishes. Not a way to wait for an effect: that is `until`. */
  pass(ms: number): Promise<void>;
  /**
   * Resolves as soon as the condition holds.
   * @param what completes the sentence "within 5 s: …"; a function sees the state at the deadline.
   * @throws {VerdictError} when the deadline passes first.
   */
  until(
    condition: () => boolean | Promise<boolean>,
    withinMs: number,
    what: string | (() => string | Promise<string>),
  ): Promise<void>;
  /** Resolves or rejects as the promise does. @throws {VerdictError} when it has not settled at the deadline. */
  within<T>(promise: Promise<T>, withinMs: number, what: string): Promise<T>;
  /** For what happens outside of this clock, in a child process: virtual time stands still meanwhile. */
  outside<T>(work: Promise<T>): Promise<T>;
  /** Watches for that long that a condition keeps holding. @throws {VerdictError} the moment it does not. */
  stays(
    condition: () => boolean | Promise<boolean>,
    forMs: number,
    what: string | (() => string | Promise<string>),
  ): Promise<void>;
}

/** What a kind of time brings; `labTime` makes the rest of it. */
export interface TimeSource {
  now(): number;
  /** Calls `run` once after `delayMs`; the returned function cancels. */
  schedule(delayMs: number, run: () => void): () => void;
  /** Resolves when it is worth looking again, at most `atMostMs` later. */
  nextLook(atMostMs: number): Promise<void>;
  /** Virtual time stands still until the returned function is called. */
  hold?(): () => void;
}
