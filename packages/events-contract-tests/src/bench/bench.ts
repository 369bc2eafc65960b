import { randomUUID } from 'node:crypto';
import type {
  Backlog,
  Broker,
  BrokerAdapter,
  Capabilities,
  Consumer,
  HealthReport,
  Ordering,
  OutgoingMessage,
} from '@payments/events-core';
import type { BrokerFaults, CannotHappen } from '../faults.ts';
import type { Lab, Timings } from '../harness.ts';
import type { Expectation } from '../ledger/judge.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Probe } from '../probe.ts';
import type { LabTime } from '../time/lab-time.ts';
import type { ConsumingOptions } from './consuming.ts';
import type { LabProcess } from './process.ts';
import type { LedgerPublisher, PublishingOptions } from './publishing.ts';
import type { TestEvents } from './test-event.ts';

/** A consumer that has started, in a process of its own. */
export interface RunningConsumer {
  readonly name: string;
  readonly process: LabProcess;
  readonly consumer: Consumer<TestEvents>;
}

interface DeclaringOptions {
  /** @default all types of `events` */
  readonly patterns?: readonly string[];
  readonly ordering?: Ordering;
  /** `latest` where the clause has published before. @default 'earliest' */
  readonly startFrom?: 'earliest' | 'latest';
  /** @default the bench's */
  readonly events?: TestEvents;
}

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly details: object;
  readonly message: string;
}

/** Where a clause is run: one broker, one namespace, one ledger. Whatever is opened through it is closed after the clause. */
export interface Bench extends Pick<Lab, 'program' | 'adapterSplitByType' | 'tlsClient'> {
  readonly capabilities: Capabilities;
  readonly timings: Timings;
  readonly time: LabTime;
  readonly ledger: Ledger;
  readonly probe: Probe;
  /** Sends a message as another library would. It is in the ledger like any other. */
  sendForeign(message: OutgoingMessage): Promise<void>;
  readonly faults: BrokerFaults;
  /** Passwords and tokens that the clients here were given. */
  readonly secrets: readonly string[];
  /** The first word of every type here: the topic, unless another is named. Letters and digits. */
  readonly namespace: string;
  /** Types of one topic: `….happened`, `….changed`, `….ended`. What publishers and consumers use unless told otherwise. */
  readonly events: TestEvents;
  /** The first of `events`: published where nothing is said. */
  readonly type: string;
  /** What core and adapters have logged. */
  readonly log: readonly LogLine[];

  /** A group name nobody else has. */
  group(label?: string): string;
  /** A type nobody else has; another topic has another first word. It is in no catalogue until `testEvents` puts it there. */
  typeIn(topic: string, word?: string): string;
  /** A client of its own, connected. */
  process(name?: string): Promise<LabProcess>;
  /** A client of its own that connects when first used. */
  bareProcess(name?: string, adapter?: BrokerAdapter): LabProcess;
  /** A bare adapter that the bench closes at the end, for clauses at the adapter's own level. */
  adapter(): BrokerAdapter;
  /** Connects a bare adapter with the lab's clock and logger, as core would. */
  connect(adapter: BrokerAdapter): Promise<void>;

  /** The group exists from now on, with no consumer. */
  declare(group: string, options?: DeclaringOptions): Promise<void>;
  /** A publisher in a process of its own. */
  publisher(options?: PublishingOptions): Promise<LedgerPublisher>;
  /** A started consumer in a process of its own. */
  consume(options: ConsumingOptions & { readonly name?: string }): Promise<RunningConsumer>;
  /** Asks as an operator would, through a process of its own. */
  backlog(group: string): Promise<Backlog>;
  health(broker: Broker | BrokerAdapter): Promise<HealthReport>;

  /** Until everything acknowledged has been handled by the group, or lies in its dead letters. */
  settled(group: string, withinMs?: number, of?: Expectation['of']): Promise<void>;
  /** Message ids in the group's dead letters, read by the probe. */
  deadIds(group: string): Promise<ReadonlySet<string>>;
  /** @throws {VerdictError} unless the ledger agrees with what was promised. Reads the dead letters itself. */
  judge(group: string, expectation?: Omit<Expectation, 'dead'>): Promise<void>;
  /** An optional fault, or undefined after noting why this broker cannot have it. */
  optional<Fault extends (...args: never[]) => unknown>(name: string, fault: Fault | CannotHappen): Fault | undefined;
  /** Parts of the clause that were not claimed, with the reason. Printed with the result. */
  readonly notes: readonly string[];
}

/** A namespace nobody else has: letters and digits only, so that it can stand in a type and in a group. */
export function newNamespace(): string {
  return `c${randomUUID().replaceAll('-', '').slice(0, 10)}`;
}
