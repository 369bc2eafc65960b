import type { AdapterRuntime, BrokerAdapter } from '@payments/events-core';
import type { WireMessage } from './stored-message.ts';
import type { Wire } from './wire.ts';

/** What the server knows of an adapter: the process at the other end of the wires. */
export interface Client {
  /** Names it in the fault port. */
  readonly adapter: BrokerAdapter;
  readonly runtime: AdapterRuntime;
  /** A message of this process was stored; said past every fault, for `MemoryBroker.published`. */
  readonly accepted: (message: WireMessage) => void;
  /** The connection is gone. */
  readonly dropped: (wire: Wire) => void;
  /** The process runs again after it was frozen: before anything else it looks at the time. */
  readonly thawed: () => void;
  /** The process is gone: nothing of it runs again. */
  readonly died: () => void;
}
