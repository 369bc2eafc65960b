import { allAccepted } from '../bench/outcomes.ts';
import type { Clause } from '../clause.ts';
import { between, equal, holds } from '../verdict.ts';

export const S2: Clause = {
  id: 'S2',
  title:
    'returns from stop(1 s) by 1.5 s though a handler never ends, names it, fires its signal; the event is delivered again later',
  async run(bench) {
    const { time, timings, ledger } = bench;
    const group = bench.group();
    let signal: AbortSignal | undefined;
    let firedBeforeDeadline = false;
    const stuck = await bench.consume({
      group,
      handlerTimeoutMs: 600_000,
      handle({ context }) {
        signal = context.signal;
        return new Promise(() => {});
      },
    });
    const publisher = await bench.publisher();
    const outcome = await publisher.publish();
    allAccepted([outcome], 'one publish');
    await time.until(() => signal !== undefined, timings.promptMs, 'the handler runs');

    const stoppedAt = time.now();
    const stopping = stuck.consumer.stop({ drainTimeoutMs: 1_000 });
    await time.pass(500);
    firedBeforeDeadline = signal?.aborted === true;
    const { unfinished } = await stopping;
    between(time.now() - stoppedAt, 1_000, 1_500, 'milliseconds until stop gave up');
    equal(unfinished, [{ id: outcome.id, type: bench.type }], 'events named as unfinished');
    holds(!firedBeforeDeadline, 'the signal fired as soon as stop began: a well-behaved handler could never drain');
    holds(signal?.aborted === true, 'the signal had not fired when stop returned');

    await bench.consume({ group });
    await bench.settled(group, timings.leaseMs + timings.flowAgainMs);
    equal(
      ledger.runsOf(group, outcome.id).map(({ end }) => end),
      ['cut', 'ok'],
      'runs of the event',
    );
    await bench.judge(group);
  },
};
