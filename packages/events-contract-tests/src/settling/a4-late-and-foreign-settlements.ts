import type { BrokerAdapter, Delivery, Settlement } from '@payments/events-core';
import { allAccepted } from '../bench/outcomes.ts';
import type { Bench } from '../bench/bench.ts';
import type { Clause } from '../clause.ts';
import { equal } from '../verdict.ts';

interface Held {
  readonly delivery: Delivery;
  readonly settle: (settlement: Settlement) => void;
}

export const A4: Clause = {
  id: 'A4',
  title: 'lets late, double and foreign settlements change nothing for anyone else',
  fault: true,
  async run(bench) {
    const { time, timings, probe, faults } = bench;
    const left = async () => (await probe.stored(group)).unsettled;
    const once = async () =>
      `one acknowledgement, given twice, settles one event of three; unsettled are ${await left()}`;
    const group = bench.group();
    const adapter = bench.adapter();
    const held = await subscribeHolding(bench, adapter, group);
    const publisher = await bench.publisher();
    allAccepted(await publisher.publishMany(3), '3 publishes');
    await time.until(
      () => held.length === 3,
      timings.promptMs,
      () => `three are delivered; ${held.length} are`,
    );
    const first = held.splice(0);

    // A right to settle may outlive its connection, but no silence.
    const link = faults.link(adapter);
    await link.silence('both');
    await time.until(
      () => first.every(({ delivery }) => delivery.signal.aborted),
      timings.leaseMs + timings.flowAgainMs,
      'the signal of a delivery fires when nothing was heard of the broker for longer than it may be held',
    );
    await link.heal();
    await time.until(
      () => held.length === 3,
      timings.leaseMs + timings.flowAgainMs,
      () => `all three are delivered again; ${held.length} are`,
    );

    // Each in its own way, on deliveries that are no longer theirs; the same messages are out again, and others beside them.
    first[0]!.settle({ kind: 'ack' });
    first[1]!.settle({ kind: 'deadLetter', reason: 'late', state: { late: 'yes' } });
    first[2]!.settle({ kind: 'retry', delayMs: 0, state: { late: 'yes' } });
    await time.stays(
      async () =>
        held.length === 3 && (await probe.stored(group)).unsettled === 3 && (await probe.stored(group)).dead === 0,
      1_000,
      async () =>
        `late settlements change nothing; ${held.length} deliveries, stored ${JSON.stringify(await probe.stored(group))}`,
    );
    for (const { delivery } of held) {
      equal(delivery.state, {}, 'the state of a delivery nobody has settled');
      equal(delivery.signal.aborted, false, 'whether the new delivery is lost');
    }

    // A promise settles once: the second word is the first one's echo.
    const [one, two, three] = held as [Held, Held, Held];
    one.settle({ kind: 'ack' });
    one.settle({ kind: 'ack' });
    if (bench.capabilities.sharing === 'message')
      await time.until(async () => (await left()) === 2, timings.promptMs, once);
    // A log may count what is settled behind an unfinished event as unsettled, and none of the two that are not as settled.
    await time.stays(async () => (await left()) >= 2, 500, once);
    two.settle({ kind: 'ack' });
    three.settle({ kind: 'ack' });
    await time.until(
      async () => (await probe.stored(group)).unsettled === 0,
      timings.promptMs,
      'all three are acknowledged by their present holder',
    );
    equal((await probe.stored(group)).dead, 0, 'dead letters');
  },
};

/** A subscription at the adapter's own level, whose deliveries stay open until they are settled by hand. */
async function subscribeHolding(bench: Bench, adapter: BrokerAdapter, group: string): Promise<Held[]> {
  await bench.connect(adapter);
  const held: Held[] = [];
  await adapter.subscribe(
    {
      group,
      patterns: [bench.type],
      types: [bench.type],
      ordering: 'none',
      retryDelaysMs: [1_000],
      startFrom: 'earliest',
      maxInFlight: 10,
      handlerTimeoutMs: 60_000,
    },
    (delivery) => new Promise((settle) => void held.push({ delivery, settle })),
  );
  return held;
}
