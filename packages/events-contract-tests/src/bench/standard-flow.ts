import type { Ordering } from '@payments/events-core';
import type { Intent } from '../ledger/entries.ts';
import { show } from '../verdict.ts';
import type { Bench, RunningConsumer } from './bench.ts';
import type { Handling } from './consuming.ts';
import type { LedgerPublisher, Outcome } from './publishing.ts';

export interface StandardFlow {
  readonly group: string;
  readonly publishers: readonly LedgerPublisher[];
  readonly consumers: readonly RunningConsumer[];
  /** Place in the ledger of its first event. */
  readonly from: number;
  /** What ended so far. */
  readonly outcomes: readonly Outcome[];
  /** Until an event that was published from now on has been acknowledged and handled. */
  flowsAgain(withinMs?: number): Promise<void>;
  /** Stops a consumer gracefully, its process with it, and starts another in its place. */
  restart(index: number): Promise<void>;
  /** Ends publishing, waits until every publish has settled and everything acknowledged is handled or dead. */
  end(): Promise<void>;
}

export interface FlowOptions {
  readonly ordering?: Ordering;
  readonly handle?: (handling: Handling) => unknown;
  /** Events per second over both publishers. @default 100 */
  readonly perSecond?: number;
  /** `latest` where the clause has published before. @default 'earliest' */
  readonly startFrom?: 'earliest' | 'latest';
  /** Of each consumer. @default core's */
  readonly concurrency?: number;
}

/** Two publishers, 100 events a second over 20 keys, two consumers of one group, each in a process of its own. */
export async function standardFlow(bench: Bench, options: FlowOptions = {}): Promise<StandardFlow> {
  const { perSecond = 100, ordering = 'none', startFrom = 'earliest', handle, concurrency } = options;
  const { time, ledger, timings } = bench;
  const group = bench.group('flow');
  const from = ledger.intents.length;
  const consuming = {
    group,
    ordering,
    startFrom,
    retry: flowRetry,
    ...(handle === undefined ? {} : { handle }),
    ...(concurrency === undefined ? {} : { concurrency }),
  };
  const consumers = [await bench.consume(consuming), await bench.consume(consuming)];
  const publishers = [await bench.publisher(), await bench.publisher()];
  const outcomes: Outcome[] = [];
  const publishing = new Set<Promise<void>>();
  let ended = false;

  async function publishSteadily(publisher: LedgerPublisher, keys: readonly string[]): Promise<void> {
    const gapMs = (1_000 / perSecond) * publishers.length;
    const startedAt = time.now();
    for (let n = 0; !ended; n++) {
      const call: Promise<void> = publisher.publish({ key: keys[n % keys.length]!, data: { n } }).then((outcome) => {
        outcomes.push(outcome);
        publishing.delete(call);
      });
      publishing.add(call);
      // Timers are late on real time; the rate is kept all the same.
      await time.pass(Math.max(0, startedAt + (n + 1) * gapMs - time.now()));
    }
  }
  // Each key has one publisher: the order of one key's calls is that publisher's.
  const loops = publishers.map((publisher, index) =>
    publishSteadily(
      publisher,
      Array.from({ length: 10 }, (_, key) => `key${index}-${key}`),
    ),
  );

  return {
    group,
    from,
    publishers,
    consumers,
    outcomes,
    async restart(index) {
      const { process, consumer } = consumers[index]!;
      await consumer.stop();
      await process.close();
      consumers[index] = await bench.consume(consuming);
    },
    async flowsAgain(withinMs = timings.flowAgainMs) {
      const first = ledger.intents.length;
      const flows = ({ id, place }: Intent) =>
        place >= first && ledger.handled(group).has(id) && ledger.fateOf(id) === 'accepted';
      await time.until(
        () => ledger.intents.some(flows),
        withinMs,
        () =>
          `a new event is acknowledged and handled; last publish ended ${show(outcomes.at(-1)?.error ?? outcomes.at(-1)?.fate)}`,
      );
    },
    async end() {
      ended = true;
      await time.within(Promise.all(loops), timings.promptMs, 'the flow ends');
      await time.until(
        () => publishing.size === 0,
        timings.flowAgainMs,
        () => `every publish settles; ${publishing.size} have not`,
      );
      await bench.settled(group, timings.flowAgainMs, ({ place }) => place >= from);
    },
  };
}

const flowRetry = { initialDelayMs: 200, factor: 2, maxAttempts: 5, jitter: 'none' } as const;
