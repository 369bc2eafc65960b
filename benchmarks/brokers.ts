import type { BrokerAdapter } from '@payments/events-core';
import { memory } from '@payments/events-memory';

/** A broker that can be measured. */
export interface BenchBroker {
  readonly name: string;
  /** A new adapter of a broker with nothing in it, not connected. Called several times in a run. */
  open(): BrokerAdapter;
}

/** What `pnpm bench <name>` can measure. A new adapter adds its line. */
export const brokers: readonly BenchBroker[] = [{ name: 'memory', open: () => memory() }];
