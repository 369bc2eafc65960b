import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { benchData } from '../bench-event.ts';
import { startMeasuring, type Cost } from '../measure.ts';
import { openPublishes, type OpenContender } from './contender.ts';

const paymentIds = Array.from({ length: 1_000 }, (_, index) => `pay_${index}`);
const { amount } = benchData('');

/**
 * What a contender can be told to do, and what that has cost. No garbage is collected in between: V8 then makes the space
 * for new objects small again, and a load is over before that has grown. Programs that run for long do not pay that.
 */
export const loads = {
  /** Many publishes at once, which nobody consumes yet. */
  async publish(contender: OpenContender, events: number): Promise<Cost> {
    const watch = startMeasuring();
    await publishAll(contender, events);
    const cost = watch.stop(events);
    await untilWaiting(contender, events);
    return cost;
  },

  /** Consumes what is stored: from the first event handled to the last one acknowledged. */
  async consume(contender: OpenContender, events: number): Promise<Cost> {
    const { promise: allHandled, resolve } = Promise.withResolvers<void>();
    let watch: ReturnType<typeof startMeasuring> | undefined;
    let handled = 0;
    let sum = 0;
    const consuming = await contender.consume((data) => {
      watch ??= startMeasuring();
      sum += data.amount;
      handled += 1;
      if (handled === events) resolve();
    });
    await allHandled;
    // The last acknowledgements go out at the end of this turn.
    await nextTurn();
    const cost = watch?.stop(events);
    await consuming.stop();
    await untilWaiting(contender, 0);
    if (cost === undefined || handled !== events || sum !== events * amount) {
      throw new Error(`Of ${events} events ${handled} were handled, with amounts of ${sum} in all.`);
    }
    return cost;
  },

  /** One publish at a time: the milliseconds of each. */
  async lone(contender: OpenContender, events: number): Promise<readonly number[]> {
    const latencies: number[] = [];
    for (let index = 0; index < events; index += 1) {
      const startedAt = performance.now();
      await contender.publish(paymentIds[index % paymentIds.length] ?? '');
      latencies.push(performance.now() - startedAt);
    }
    return latencies;
  },

  /** All of them open at once, begun a few at a time: the longest that the event loop did nothing else, in milliseconds. */
  async crowd(contender: OpenContender, events: number): Promise<number> {
    const delays = monitorEventLoopDelay({ resolution: 1 });
    delays.enable();
    const open = new Set<Promise<void>>();
    const failed: unknown[] = [];
    for (let begun = 0; begun < events; begun += 1) {
      const one = contender
        .publish(paymentIds[begun % paymentIds.length] ?? '')
        .catch((error) => void failed.push(error));
      open.add(one);
      if (begun % 100 === 99) await nextTurn();
    }
    await Promise.all(open);
    delays.disable();
    if (failed.length > 0) throw failed[0];
    return delays.max / 1e6;
  },
};

function publishAll(contender: OpenContender, events: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let begun = 0;
  let settled = 0;
  const begin = (): void => {
    begun += 1;
    contender.publish(paymentIds[begun % paymentIds.length] ?? '').then(onSettled, reject);
  };
  const onSettled = (): void => {
    settled += 1;
    if (begun < events) begin();
    else if (settled === events) resolve();
  };
  while (begun < Math.min(events, openPublishes)) begin();
  return promise;
}

/** A contender that is quick because it loses or invents events must not win. */
async function untilWaiting(contender: OpenContender, events: number): Promise<void> {
  let waiting = await contender.waiting();
  // A broker's counts may be late.
  for (let tries = 0; tries < 50 && waiting !== events; tries += 1) {
    await sleep(100);
    waiting = await contender.waiting();
  }
  if (waiting !== events) throw new Error(`${events} events should be waiting, and there are ${waiting}.`);
}
