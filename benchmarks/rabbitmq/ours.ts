import type { BrokerAdapter } from '@payments/events-core';
import { rabbitmq } from '@payments/events-rabbitmq';
import type { Contender, OpenContender } from '../contest/contender.ts';
import { openThroughAdapter } from '../contest/through-adapter.ts';
import { contestGroup, openThroughCore } from '../contest/through-core.ts';
import { asAdmin, assertWorkQueue, removeQueues } from './queues.ts';

/** What a user of this library has. */
export const ours: Contender = { open: (url) => open(url, 'ours', openThroughCore) };

/** The adapter without core. */
export const adapterAlone: Contender = { open: (url) => open(url, 'adapter', openThroughAdapter) };

async function open(
  url: string,
  name: string,
  through: (adapter: BrokerAdapter) => Promise<OpenContender>,
): Promise<OpenContender> {
  const exchange = `bench-${name}`;
  const queuePrefix = `bench-${name}-`;
  const work = `${queuePrefix}${contestGroup}`;
  const dead = `${work}.dead-letters`;
  const declared = { exchange, queues: [work, `${work}.crash-suspects`, dead, `${queuePrefix}.unrouted`] };
  await asAdmin(url, (channel) => removeQueues(channel, declared));
  const contender = await through(rabbitmq({ url, exchange, queuePrefix }));
  // The broker refuses this if ours has other arguments: then the contest would not be fair.
  await asAdmin(url, (channel) => assertWorkQueue(channel, { work, dead }));
  return {
    ...contender,
    async close() {
      await contender.close();
      await asAdmin(url, (channel) => removeQueues(channel, declared));
    },
  };
}
