import { BrokerUnavailableError } from '@payments/events-core';
import { expect, test } from 'vitest';
import { createSubscriptionBench, usualDraining } from './consumer.test-support.ts';
import { quiet } from './consuming/test-clock.test-support.ts';
import { answered } from './publishing/fake-kafka.test-support.ts';

const patient = new AbortController().signal;

test('it is ready with the first assignment, over as many memberships as that takes', async () => {
  const { memberships, became, clock } = createSubscriptionBench();
  await quiet();
  memberships[0]!.reject(new Error('lost'));
  await clock.advance(1_000);
  expect([memberships.length, became.ready]).toEqual([2, 'pending']);
  memberships[1]!.assign();
  await quiet();
  expect(became).toEqual({ ready: 'resolved', ended: 'pending' });
});

test('it declares its group first, and tries that again too', async () => {
  const { memberships, topics, state, clock } = createSubscriptionBench();
  const { list } = state;
  state.list = () => Promise.reject(new BrokerUnavailableError('away'));
  await clock.advance(5_000);
  expect(memberships).toEqual([]);
  state.list = list;
  await clock.advance(5_000);
  expect(topics).toContain('p.g.dead-letters');
  expect(memberships.map(({ options }) => options.topics.main)).toEqual([['p.order']]);
});

test('memberships that do not last are begun ever more rarely, and never at once', async () => {
  const { memberships, clock } = createSubscriptionBench({ random: () => 1 });
  const begunAt: number[] = [];
  for (; clock.elapsed() <= 2_500; await clock.advance(50)) {
    await quiet();
    if (memberships.length === begunAt.length) continue;
    begunAt.push(clock.elapsed());
    memberships.at(-1)!.reject(new Error('lost'));
  }
  const pauses = begunAt.slice(1).map((at, index) => at - begunAt[index]!);
  expect(pauses).toEqual([300, 400, 600, 1_000]);
});

test('one that has lasted five seconds was no failure of its beginning', async () => {
  const { memberships, clock } = createSubscriptionBench({ random: () => 1 });
  await quiet();
  memberships[0]!.reject(new Error('lost'));
  await clock.advance(1_000);
  await clock.advance(5_000);
  memberships[1]!.reject(new Error('lost'));
  await clock.advance(249);
  expect(memberships).toHaveLength(2);
  await clock.advance(1);
  expect(memberships).toHaveLength(3);
});

test('what no other try mends ends it', async () => {
  for (const assigned of [false, true]) {
    const { memberships, became, clock } = createSubscriptionBench();
    await quiet();
    if (assigned) memberships[0]!.assign();
    await quiet();
    memberships[0]!.reject(answered('INCONSISTENT_GROUP_PROTOCOL'));
    await clock.advance(60_000);
    expect(became).toEqual({ ready: assigned ? 'resolved' : 'ConfigurationError', ended: 'ConfigurationError' });
    expect([memberships.length, clock.timers()]).toEqual([1, 0]);
  }
});

test('a permission that is missing at the beginning ends it at once', async () => {
  const { memberships, became } = createSubscriptionBench();
  await quiet();
  memberships[0]!.reject(answered('GROUP_AUTHORIZATION_FAILED'));
  await quiet();
  expect(became).toEqual({ ready: 'ConfigurationError', ended: 'ConfigurationError' });
});

test('a permission that is taken away from one that has consumed ends it when it is missing for five seconds', async () => {
  const { memberships, became, clock } = createSubscriptionBench();
  await quiet();
  memberships[0]!.assign();
  await clock.advance(60_000);
  const refusedAt = clock.elapsed();
  async function refuseFor(ms: number) {
    while (clock.elapsed() < refusedAt + ms) {
      memberships.at(-1)!.reject(answered('GROUP_AUTHORIZATION_FAILED'));
      await clock.advance(100);
    }
  }
  await refuseFor(5_000);
  expect(became.ended).toBe('pending');
  await refuseFor(5_500);
  expect(became.ended).toBe('ConfigurationError');
});

test('a permission that is granted again meanwhile ends nothing', async () => {
  const { memberships, became, clock } = createSubscriptionBench();
  await quiet();
  memberships[0]!.assign();
  for (let times = 0; times < 3; times += 1) {
    memberships.at(-1)!.reject(answered('TOPIC_AUTHORIZATION_FAILED'));
    await clock.advance(4_000);
    memberships.at(-1)!.assign();
    await clock.advance(6_000);
  }
  expect(became.ended).toBe('pending');
});

test('where there is another topic to read another membership begins, once what is out is wanted back', async () => {
  const { memberships, topics, clock } = createSubscriptionBench();
  await quiet();
  memberships[0]!.assign();
  await clock.advance(120_000);
  expect(memberships).toHaveLength(1);
  topics.push('p.refund');
  await clock.advance(120_000);
  expect([memberships[0]!.drains, memberships[0]!.leaves]).toEqual([[usualDraining], [{ hurried: false }]]);
  expect(memberships.map(({ options }) => options.topics.main)).toEqual([['p.order'], ['p.order', 'p.refund']]);
});

test('where one of its topics is gone while nothing is fetched it is declared again, and another membership begins', async () => {
  const { memberships, topics, state, clock } = createSubscriptionBench();
  await quiet();
  memberships[0]!.assign();
  state.fetchAgeMs = 3_000;
  topics.splice(topics.indexOf('p.g.dead-letters'), 1);
  await clock.advance(5_000);
  expect([memberships.length, topics.includes('p.g.dead-letters')]).toEqual([2, true]);
});

test('a stop waits for all that is out, then leaves its group, and ends', async () => {
  const { subscription, memberships, became, clock } = createSubscriptionBench();
  await quiet();
  const [{ options, assign, drains, leaves }] = memberships as [(typeof memberships)[0]];
  assign();
  options.count(1);
  options.count(1);
  let stopped = false;
  void subscription.stop({ signal: patient }).then(() => (stopped = true));
  await clock.advance(60_000);
  expect([drains, leaves, stopped]).toEqual([[{ recall: false }], [], false]);
  options.count(-1);
  await quiet();
  expect(leaves).toEqual([]);
  options.count(-1);
  await quiet();
  expect([leaves, stopped, became.ended]).toEqual([[{ hurried: false }], true, 'resolved']);
  await clock.advance(60_000);
  expect([memberships.length, clock.timers()]).toEqual([1, 0]);
});

test('a stop that is aborted waits for nothing that is out', async () => {
  const { subscription, memberships, became } = createSubscriptionBench();
  await quiet();
  memberships[0]!.assign();
  memberships[0]!.options.count(1);
  const abandoning = new AbortController();
  const stopping = Promise.all([subscription.stop({ signal: patient }), subscription.stop(abandoning)]);
  await quiet();
  expect(memberships[0]!.leaves).toEqual([]);
  abandoning.abort();
  await stopping;
  expect([memberships[0]!.leaves, became.ended]).toEqual([[{ hurried: true }], 'resolved']);
});

test('a stop between two memberships begins none, and one that was never ready says why', async () => {
  const { subscription, memberships, became, clock } = createSubscriptionBench();
  await quiet();
  memberships[0]!.reject(new Error('lost'));
  await quiet();
  await subscription.stop({ signal: patient });
  expect(became).toEqual({ ready: 'ClosedError', ended: 'resolved' });
  await clock.advance(60_000);
  expect([memberships.length, clock.timers()]).toEqual([1, 0]);
});

test('what core gives back unasked says that it is leaving: nothing more is handed over, and nothing begins', async () => {
  const { memberships, became, clock } = createSubscriptionBench();
  await quiet();
  memberships[0]!.assign();
  memberships[0]!.options.givenBack();
  expect(memberships[0]!.drains).toEqual([{ recall: false }]);
  memberships[0]!.reject(new Error('lost'));
  await clock.advance(60_000);
  expect([memberships.length, became.ended]).toEqual([1, 'pending']);
});

test('before its first membership it consumes nothing, and nothing is out', async () => {
  const { subscription } = createSubscriptionBench();
  const { consuming, inFlight, oldestUnsettledAt, unapplied } = subscription;
  expect([consuming, inFlight, oldestUnsettledAt().size, unapplied.delayed]).toEqual([false, 0, 0, 0]);
  await subscription.stop({ signal: patient });
});
