import type { Clock } from '../contract/runtime.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { systemClock } from '../ports/system-clock.ts';
import type { Inbox } from './inbox.ts';

export interface MemoryInboxOptions {
  /** Handled events remembered; the oldest are forgotten first. 1–10,000,000. @default 100_000 */
  readonly capacity?: number;
  /** That of a virtual `memory()`, for leases that end with its time. @default the system's clock */
  readonly clock?: Clock | undefined;
}

/** An inbox for one process: what it knows is gone with it, and other processes do not see it. For tests, and for consumers that run alone. */
export function memoryInbox({ capacity = 100_000, clock = systemClock }: MemoryInboxOptions = {}): Inbox {
  if (!Number.isInteger(capacity) || capacity < 1 || capacity > 10_000_000) {
    throw new ConfigurationError('memoryInbox: capacity must be a whole number from 1 to 10000000.', 'inbox.capacity');
  }
  const done = new Set<string>();
  const leases = new Map<string, number>();

  return {
    async claim(key, leaseMs) {
      if (done.has(key)) return 'done';
      const heldUntil = leases.get(key);
      if (heldUntil !== undefined && heldUntil > clock.elapsed()) return 'busy';
      leases.set(key, clock.elapsed() + leaseMs);
      return 'new';
    },
    async complete(key) {
      leases.delete(key);
      done.add(key);
      if (done.size > capacity) {
        const [oldest] = done;
        if (oldest !== undefined) done.delete(oldest);
      }
    },
    async abandon(key) {
      leases.delete(key);
    },
  };
}
