import { PublishRejectedError } from '@payments/events-core';
import type { Bench } from '../bench/bench.ts';
import { allAccepted } from '../bench/outcomes.ts';
import { testEvents } from '../bench/test-event.ts';
import type { Clause } from '../clause.ts';
import { equal, holds, show } from '../verdict.ts';

export const P2: Clause = {
  id: 'P2',
  title: 'keeps everything for a declared group without consumers, and never loses what no group has declared',
  async run(bench) {
    await declaredGroupKeeps(bench);
    await nobodyDeclared(bench);
  },
};

async function declaredGroupKeeps(bench: Bench): Promise<void> {
  const group = bench.group('declared');
  await bench.declare(group);
  await bench.declare(group);
  const publisher = await bench.publisher();
  allAccepted(await publisher.publishMany(50), '50 publishes to a group without consumers');
  equal((await bench.probe.stored(group)).unsettled, 50, 'events stored for the group');
  await bench.consume({ group });
  await bench.settled(group);
  await bench.judge(group);
}

async function nobodyDeclared(bench: Bench): Promise<void> {
  const type = bench.typeIn('nobody');
  const events = testEvents([type]);
  const publisher = await bench.publisher({ events });
  const { id, fate, error } = await publisher.publish({ type });
  if (bench.capabilities.unrouted === 'refused') {
    holds(fate === 'rejected', `an event no group is bound to is refused, but it was ${fate}`);
    equal((error as PublishRejectedError).reason, 'unroutable', 'the reason of the rejection');
    return;
  }
  holds(
    fate === 'accepted',
    `an event no group is bound to is ${bench.capabilities.unrouted}: it was ${fate}, ${show(error)}`,
  );
  holds(
    await bench.probe.holds(id, type),
    'an event no group is bound to was acknowledged, and the broker does not have it',
  );
  if (!bench.capabilities.history) return;
  const late = bench.group('late');
  await bench.consume({ group: late, events });
  await bench.settled(late, bench.timings.promptMs, (intent) => intent.type === type);
}
