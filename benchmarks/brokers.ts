import type { BrokerAdapter } from '@payments/events-core';
import { memory } from '@payments/events-memory';

/** A broker in this process, on which core's own cost can be measured. */
export interface BenchBroker {
  readonly name: string;
  /** A new adapter of a broker with nothing in it, not connected. Called several times in a run. */
  open(): BrokerAdapter;
}

export const memoryBroker: BenchBroker = { name: 'memory', open: () => memory() };
