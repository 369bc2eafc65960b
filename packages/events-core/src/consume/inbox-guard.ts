import type { Logger } from '../contract/runtime.ts';
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
}

export function createInboxGuard({ inbox, group, leaseMs, logger }: InboxGuardOptions): InboxGuard {
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
      const claim = await inbox.claim(key, leaseMs);
      if (claim !== 'new') return claim;
      let handled = false;
      try {
        handled = await handle();
      } finally {
        await tell(handled ? 'complete' : 'abandon', key);
      }
      return 'ran';
    },
  };
}
