interface Deadline {
  readonly signal: AbortSignal;
}

/** For whatever takes a signal: so long and no longer. */
export function within(ms: number): Deadline {
  return { signal: AbortSignal.timeout(ms) };
}

/** The test's own timeout is enough. */
export const noDeadline: Deadline = { signal: new AbortController().signal };
