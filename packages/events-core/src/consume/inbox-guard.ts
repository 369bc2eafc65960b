import type { Clock, Logger } from '../contract/runtime.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { describeError } from '../errors/describe-error.ts';
import type { Inbox } from './inbox.ts';

export interface InboxGuard {
  /**
   * Runs `handle` unless the event was handled before (`done`) or is being handled elsewhere (`busy`). `handle` tells
   * whether the event counts as handled; when it does not, or throws, the claim is given up.
   */
  once(id: string, handle: () => Promise<boolean>): Promise<'ran' | 'done' | 'busy'>;
}

export interface InboxGuardOptions {
  readonly inbox: Inbox;
  readonly group: string;
  readonly leaseMs: number;
  readonly logger: Logger;
  readonly clock: Clock;
}

export function createInboxGuard({ inbox, group, leaseMs, logger, clock }: InboxGuardOptions): InboxGuard {
  async function tell(what: 'complete' | 'abandon', key: string): Promise<void> {
    try {
      await inbox[what](key);
    } catch (error) {
      // The handlers' result stands. Not told, the inbox lets the next duplicate wait for the lease and then in again.
      logger.warn(
        { group, key, err: describeError(error) },
        `inbox: ${what} failed; a duplicate of this event may be handled again`,
      );
    }
  }

  return {
    async once(id, handle) {
      const key = `${group}/${id}`;
      const claimedAt = clock.elapsed();
      const claim = await inbox.claim(key, leaseMs);
      if (claim === 'done' || claim === 'busy') return claim;
      if (claim !== 'new') {
        throw new ConfigurationError("inbox.claim() must resolve with 'new', 'done' or 'busy'.", 'inbox');
      }
      let handled = false;
      try {
        handled = await handle();
      } finally {
        // After the lease the claim may be somebody else's, and is not ours to give up.
        if (handled || clock.elapsed() - claimedAt < leaseMs) await tell(handled ? 'complete' : 'abandon', key);
      }
      return 'ran';
    },
  };
}
