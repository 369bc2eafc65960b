import { fail, show } from '../verdict.ts';
import type { LabTime } from '../time/lab-time.ts';
import type { LedgerPublisher, Outcome } from './publishing.ts';

/** @throws {VerdictError} unless every publish was accepted. */
export function allAccepted(outcomes: readonly Outcome[], what: string): void {
  const other = outcomes.filter(({ fate }) => fate !== 'accepted');
  if (other.length === 0) return;
  fail(
    `${what}: ${other.length} of ${outcomes.length} were not accepted; the first: ${other[0]!.fate}, ${show(other[0]!.error)}`,
  );
}

/** Publishes what was not accepted again under its id, as a caller would, until it is. */
export async function publishAgain(
  publisher: LedgerPublisher,
  outcomes: readonly Outcome[],
  time: LabTime,
  withinMs: number,
): Promise<void> {
  let open = outcomes.filter(({ fate }) => fate !== 'accepted');
  await time.until(
    async () => {
      open = (await Promise.all(open.map(({ what }) => publisher.publish(what)))).filter(
        ({ fate }) => fate !== 'accepted',
      );
      return open.length === 0;
    },
    withinMs,
    () => `publishing again is accepted; ${open.length} are not, the last: ${show(open[0]?.error)}`,
  );
}
