import { ConfigurationError } from '@payments/events-core';
import { allAccepted } from '../bench/outcomes.ts';
import { testEvents } from '../bench/test-event.ts';
import type { Clause } from '../clause.ts';
import { equal, failsWith } from '../verdict.ts';

export const W4: Clause = {
  id: 'W4',
  title: 'acknowledges and counts what no handler of the group wants, and refuses the same group twice in one process',
  async run(bench) {
    const { time, timings, probe } = bench;
    const wanted = bench.typeIn('wanted');
    const unwanted = bench.typeIn('wanted', 'unwanted');
    const events = testEvents([wanted, unwanted]);
    const group = bench.group();
    // The group asked for both once. Nothing that it asked for is taken away from it, so its events still come.
    await bench.declare(group, { patterns: [wanted, unwanted], events });
    const { process, consumer } = await bench.consume({ group, events, patterns: [wanted] });
    const publisher = await bench.publisher({ events });
    allAccepted(
      await publisher.publishMany(40, (n) => ({ type: n % 2 === 0 ? wanted : unwanted })),
      'publishes of both types',
    );

    await bench.settled(group, timings.promptMs, ({ type }) => type === wanted);
    await time.until(
      () => consumer.stats().unmatched === 20,
      timings.promptMs,
      () => `20 unwanted events are counted; ${consumer.stats().unmatched} are`,
    );
    await time.until(
      async () => (await probe.stored(group)).unsettled === 0,
      timings.promptMs,
      'unwanted events are acknowledged: nothing of the group stays unsettled',
    );
    await time.stays(
      () => consumer.stats().unmatched === 20,
      2 * timings.leaseMs,
      'unwanted events come again and again',
    );
    equal((await bench.probe.dead(group)).length, 0, 'dead letters');
    await bench.judge(group, { of: ({ type }) => type === wanted });

    const second = process.consumer({ group, events, patterns: [wanted] });
    await failsWith(ConfigurationError, () => second.start(), 'the same group a second time in one process');
    allAccepted([await publisher.publish({ type: wanted })], 'a publish afterwards');
    await bench.settled(group, timings.promptMs, ({ type }) => type === wanted);
  },
};
