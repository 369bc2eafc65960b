import type { Clock, Logger } from '../contract/runtime.ts';
import type { AdapterSubscription } from '../contract/subscription.ts';
import { ClosedError } from '../errors/closed-error.ts';
import type { StopReport } from './consumer.ts';
import type { Pipeline } from './pipeline.ts';

export interface StoppingOptions {
  readonly group: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly pipeline: Pick<Pipeline, 'drain' | 'abandon'>;
  /** The start, if there was one. */
  readonly starting: () => Promise<AdapterSubscription> | undefined;
  /** Frees what the consumer holds, when all else has ended. */
  readonly leave: () => Promise<void>;
}

/** What an adapter gets, after the drain deadline, to hand back what was left unfinished; and again, to leave. */
const graceMs = 250;

/** Stops a consumer, once. A later call can only make it hastier; all get the same report. */
export function createStopping(options: StoppingOptions): (drainTimeoutMs: number) => Promise<StopReport> {
  const { group, clock, logger, pipeline, starting, leave } = options;
  const leaveNow = new AbortController();
  const { promise: tooLate, resolve: giveUpOnAdapter } = Promise.withResolvers<undefined>();
  let unfinished: StopReport['unfinished'] = [];
  let deadline = Infinity;
  let cancel = (): void => {};
  let stopped: Promise<StopReport> | undefined;

  function hasten(drainTimeoutMs: number): void {
    const due = clock.elapsed() + drainTimeoutMs;
    if (due >= deadline) return;
    deadline = due;
    cancel();
    cancel = clock.schedule(drainTimeoutMs, abandon);
  }

  function abandon(): void {
    deadline = -Infinity;
    unfinished = pipeline.abandon(
      new ClosedError(`The consumer of group ${group} was stopped, and its drain deadline has passed.`),
    );
    cancel = clock.schedule(graceMs, () => {
      leaveNow.abort();
      // An adapter that does not obey must not keep the consumer from stopping.
      cancel = clock.schedule(graceMs, () => giveUpOnAdapter(undefined));
    });
  }

  async function end(): Promise<void> {
    // A start that fails has cleaned up after itself, and told its caller.
    const subscription = await starting()?.catch(() => undefined);
    await subscription?.stop({ signal: leaveNow.signal });
  }

  async function run(): Promise<StopReport> {
    pipeline.drain();
    const ending = end();
    // When it has been given up on, nobody else hears of it.
    ending.catch(() => {});
    try {
      await Promise.race([ending, tooLate]);
    } finally {
      cancel();
      await leave();
    }
    if (unfinished.length > 0) {
      logger.warn(
        { group, unfinished },
        `group ${group} was stopped with ${unfinished.length} events unfinished; they are delivered again`,
      );
    }
    return { unfinished };
  }

  return (drainTimeoutMs) => {
    hasten(drainTimeoutMs);
    stopped ??= run();
    return stopped;
  };
}
