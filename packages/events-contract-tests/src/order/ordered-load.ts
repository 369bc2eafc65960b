import type { Bench, RunningConsumer } from '../bench/bench.ts';
import { allAccepted } from '../bench/outcomes.ts';
import type { LedgerPublisher, Outcome } from '../bench/publishing.ts';
import { testEvents } from '../bench/test-event.ts';
import type { Intent, Run } from '../ledger/entries.ts';
import { fail } from '../verdict.ts';

/** Most an owner holds. Bounds what may be handled again after it has died. */
export const heldAtMost = 16;
const keys = 8;

/** Events of eight keys, each key's published one after another, for owners that come and go. */
export interface OrderedLoad {
  readonly group: string;
  /** A consumer in a process of its own. The first is the owner, the next ones stand by (or share, where partitions do). */
  member(name: string): Promise<RunningConsumer>;
  /** Publishes so many more events of each key. Resolves when the last was acknowledged. */
  publish(perKey: number): Promise<void>;
  readonly runs: readonly Run[];
  running(consumer: RunningConsumer): number;
  /** Events whose last attempt failed and whose next has not begun. */
  readonly waitingInPlace: number;
  /** Until everything has been handled, in order, with at most so many repeated. */
  settled(duplicates: { readonly atMost: number; readonly because: string } | 'none'): Promise<void>;
}

export interface OrderedLoadOptions {
  /** How long handling takes. @default 40 */
  readonly handleMs?: number;
  /** Between two events of a key. @default 50 */
  readonly gapMs?: number;
}

/** Every fifth event fails at its first attempt and is tried again in place, half a second later. */
export async function orderedLoad(bench: Bench, name: string, options: OrderedLoadOptions = {}): Promise<OrderedLoad> {
  const { handleMs = 40, gapMs = 50 } = options;
  const { time, ledger } = bench;
  const group = bench.group(name);
  const type = bench.typeIn(name);
  const events = testEvents([type]);
  const of = (intent: Intent) => intent.type === type;
  await bench.declare(group, { patterns: [type], ordering: 'key', events });
  const publisher: LedgerPublisher = await bench.publisher({ events });
  let published = 0;

  return {
    group,
    member: (member) =>
      bench.consume({
        name: `${name}-${member}`,
        group,
        events,
        patterns: [type],
        ordering: 'key',
        concurrency: 4,
        maxInFlight: heldAtMost,
        retry: { maxAttempts: 5, initialDelayMs: 500, factor: 1, jitter: 'none' },
        async handle({ event, run }) {
          await time.pass(handleMs);
          // Not all keys at the same place: at any time some wait while others run.
          const turn = event.data.n + Number(event.key?.split('-').at(-1));
          if (turn % 5 === 2 && run.attempt === 1) throw new Error('not at the first attempt');
        },
      }),
    async publish(perKey) {
      const from = published;
      published += perKey;
      const outcomes = await Promise.all(
        Array.from({ length: keys }, async (_, key) => {
          const own: Outcome[] = [];
          for (let n = from; n < from + perKey; n += 1) {
            own.push(await publisher.publish({ type, key: `${name}-${key}`, data: { n } }));
            await time.pass(gapMs);
          }
          return own;
        }),
      );
      allAccepted(outcomes.flat(), `${name}: publishes in order`);
    },
    get runs() {
      return ledger.runsOf(group);
    },
    get waitingInPlace() {
      const last = new Map(ledger.runsOf(group).map((run) => [run.id, run]));
      return [...last.values()].filter(({ end }) => end === 'failed').length;
    },
    running: ({ name: consumer }) =>
      ledger.runsOf(group).filter((run) => run.consumer === consumer && run.end === 'running').length,
    async settled(duplicates) {
      await bench.settled(group, 60_000, of);
      try {
        await bench.judge(group, { of, inOrder: true, ...(duplicates === 'none' ? {} : { duplicates }) });
      } catch (error) {
        fail(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
}
