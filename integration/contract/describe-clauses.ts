import { describeBrokerContract, type BrokerHarness, type ClauseId } from '@payments/events-contract-tests';
import { afterAll } from 'vitest';

/** How one file of clauses reaches its broker. */
export interface OpenHarness {
  readonly harness: BrokerHarness;
  /** Removes the broker, where it is this harness's own. */
  close(): Promise<void>;
}

/** Call it in a file of its own: files run beside each other. */
export function describeClauses(broker: string, { harness, close }: OpenHarness, only: readonly ClauseId[]): void {
  afterAll(close);
  describeBrokerContract(broker, harness, { only });
}
