import { deadLetters, type DeadLetterEntry } from '@payments/events-core';
import { events, type DemoEvent } from './catalogue.ts';
import type { Setting } from './group.ts';
import type { Show } from './show.ts';

/** The dead letters of a group that are of this run, as an operator deals with them. */
export interface DeadLetterDesk {
  count(): Promise<number>;
  /** Shows each and why it lies there. */
  explain(): Promise<void>;
  /** Sends them back to their group. */
  redrive(): Promise<void>;
}

export function deadLetterDesk({ broker, source }: Setting, groupName: string, show: Show): DeadLetterDesk {
  const letters = deadLetters({ broker, group: `demo-${groupName}`, events });
  const filter = ({ event }: DeadLetterEntry<DemoEvent>): boolean => event?.source === source;

  return {
    count: async () => (await Array.fromAsync(letters.list({ filter }))).length,
    async explain() {
      for await (const { id, event, reason, attempts, error, diedAt } of letters.list({ filter })) {
        show.line(`  letter ${id} of group ${letters.group}`);
        show.line(`    event   ${event?.type} of ${event?.key}, id ${event?.id}`);
        show.line(`    reason  ${reason} after ${attempts} attempts, at ${diedAt.toISOString()}`);
        show.line(`    error   ${error?.text}`);
      }
    },
    async redrive() {
      const { visited, redriven } = await letters.redrive({ filter });
      if (redriven > 0) show.line(`  group ${letters.group}: ${redriven} of ${visited} dead letters redriven`);
    },
  };
}
