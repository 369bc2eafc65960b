import type { Contest } from '../contest/contest.ts';
import { adapterAlone, ours } from './ours.ts';
import { plain } from './plain.ts';
import { tuned } from './tuned.ts';

export const rabbitmqContest: Contest = {
  name: 'rabbitmq',
  eventsPerRound: 5_000,
  contenders: { plain, tuned, adapter: adapterAlone, ours },
  async startBroker() {
    // Only here: the contenders' own processes load this file as well, and need no containers.
    const { rabbitmqServer } = await import('integration/brokers/rabbitmq-server.ts');
    const { url, container } = await rabbitmqServer();
    return { url, stop: async () => void (await container?.remove()) };
  },
};
