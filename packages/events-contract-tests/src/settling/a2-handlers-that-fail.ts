import { allAccepted } from '../bench/outcomes.ts';
import type { Clause } from '../clause.ts';
import { equal, show, some } from '../verdict.ts';

/** The ways in which a first attempt goes wrong. */
const failures: readonly (readonly [name: string, fail: () => unknown])[] = [
  [
    'throws synchronously',
    () => {
      throw new Error('thrown');
    },
  ],
  ['rejects', () => Promise.reject(new Error('rejected'))],
  [
    'throws null',
    () => {
      throw null;
    },
  ],
  [
    'throws an error whose getters throw',
    () => {
      throw Object.defineProperties(new Error('unreadable'), {
        message: { get: () => failInGetter() },
        name: { get: () => failInGetter() },
        stack: { get: () => failInGetter() },
      });
    },
  ],
  ['never settles', () => new Promise(() => {})],
];

/** Long enough to ask a slow broker what it holds before the first retry is due. */
const retryMs = 8_000;

export const A2: Clause = {
  id: 'A2',
  title:
    'acknowledges none of the handlers that throw, reject, throw null, throw what cannot be read or never settle, and retries each',
  async run(bench) {
    const { time, timings, ledger, probe } = bench;
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', onUnhandled);
    try {
      const group = bench.group();
      await bench.consume({
        group,
        handlerTimeoutMs: 1_000,
        retry: { maxAttempts: 3, initialDelayMs: retryMs, factor: 1, jitter: 'none' },
        handle: ({ context, event }) => (context.attempt === 1 ? failures[event.data.n]![1]() : undefined),
      });
      const publisher = await bench.publisher();
      allAccepted(await publisher.publishMany(failures.length), 'the publishes');
      const failedOnce = () => ledger.runs.filter(({ end }) => end === 'failed' || end === 'cut').length;
      await time.until(
        () => failedOnce() === failures.length,
        timings.promptMs,
        () => `every first attempt ends; ${failedOnce()} have`,
      );
      // A copy for the retry and its original may both be there for a moment.
      await time.until(
        async () => (await probe.stored(group)).unsettled === failures.length,
        retryMs - 2_000,
        async () =>
          `${failures.length} events are unacknowledged after their first attempt failed; ${(await probe.stored(group)).unsettled} are`,
      );

      const notRetried = () =>
        failures.filter((_, n) => !ledger.handled(group).has(ledger.intents[n]!.id)).map(([name]) => name);
      await time.until(
        () => notRetried().length === 0,
        retryMs + timings.promptMs,
        () => `every failed handler is retried; not so ${some(notRetried(), 'handler')}`,
      );
      for (const { id } of ledger.intents) {
        equal(
          ledger.runsOf(group, id).map(({ attempt }) => attempt),
          [1, 2],
          `attempts of event ${id}`,
        );
      }
      await bench.judge(group);
      equal(unhandled.map(show), [], 'unhandled rejections');
    } finally {
      process.off('unhandledRejection', onUnhandled);
    }
  },
};

function failInGetter(): never {
  throw new Error('this cannot be read');
}
