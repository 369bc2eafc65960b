import type { Settlement } from '../contract/delivery.ts';
import type { Logger } from '../contract/runtime.ts';
import { describeError } from '../errors/describe-error.ts';
import type { ConsumerStats } from './consumer.ts';
import { readNotes } from './delivery-notes.ts';

/** Counts what happens to deliveries, and says what people should know. Never a payload. */
export interface Reporter {
  settled(
    settlement: Settlement,
    event: { readonly id: string | undefined; readonly type: string | undefined },
    error?: unknown,
  ): void;
  unmatched(type: string): void;
  deduplicated(): void;
  stats(running: number): ConsumerStats;
}

/** Foreign producers can think of types without end: log only so many. */
const mostLoggedTypes = 1_000;

export function createReporter(logger: Logger, group: string): Reporter {
  const counts = { handled: 0, retried: 0, deadLettered: 0, unmatched: 0, deduplicated: 0 };
  const loggedTypes = new Set<string>();

  return {
    settled(settlement, { id, type }, error) {
      if (settlement.kind === 'ack') counts.handled += 1;
      else if (settlement.kind === 'retry') {
        counts.retried += 1;
        const { attempts } = readNotes(settlement.state);
        const err = error === undefined ? undefined : describeError(error);
        logger.info(
          { group, id, type, attempt: attempts, delayMs: settlement.delayMs, err },
          `${type ?? 'an event'}${id === undefined ? '' : ` ${id}`} failed in group ${group}, attempt ${attempts}: again in ${settlement.delayMs} ms`,
        );
      } else if (settlement.kind === 'deadLetter') {
        counts.deadLettered += 1;
        const { attempts, error: last } = readNotes(settlement.state);
        logger.warn(
          { group, id, type, attempts, reason: settlement.reason, err: last },
          `${type ?? 'an event'}${id === undefined ? '' : ` ${id}`} dead-lettered in group ${group} after attempt ${attempts}: ${settlement.reason}`,
        );
      }
    },
    unmatched(type) {
      counts.unmatched += 1;
      if (loggedTypes.has(type) || loggedTypes.size >= mostLoggedTypes) return;
      loggedTypes.add(type);
      logger.info({ group, type }, `no handler of group ${group} wants ${type}: acknowledged`);
    },
    deduplicated() {
      counts.deduplicated += 1;
    },
    stats: (running) => ({ ...counts, running }),
  };
}
