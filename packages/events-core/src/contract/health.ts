export interface HealthProblem {
  /** Machine code, kebab-case. Adapters share those that docs/writing-an-adapter.md lists. */
  readonly code: string;
  /** A sentence without secrets. */
  readonly message: string;
  readonly group?: string;
}

export interface HealthReport {
  readonly status: 'up' | 'degraded' | 'down';
  /** Empty when up. */
  readonly problems: readonly HealthProblem[];
  /** Last proof of progress (confirm, fetch, heartbeat), not of a socket. */
  readonly lastProgressAt?: Date;
}
