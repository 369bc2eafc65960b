import type { Contest } from '../contest/contest.ts';
import { adapterAlone, ours } from './ours.ts';
import { plain } from './plain.ts';
import { tuned } from './tuned.ts';

export const kafkaContest: Contest = {
  name: 'kafka',
  eventsPerRound: 20_000,
  contenders: { plain, tuned, adapter: adapterAlone, ours },
  async startBroker() {
    // Only here: the contenders' own processes load this file as well, and need no containers.
    const { kafkaServer, ownKafkaServer } = await import('integration/brokers/kafka-server.ts');
    const given = process.env['EVENTS_KAFKA_URL'] !== undefined;
    // Those of tests are set up to start quickly; this one lives long enough for the better compiler.
    const { url, container } = given
      ? await kafkaServer()
      : await ownKafkaServer({ environment: { KAFKA_HEAP_OPTS: '-Xmx1g' } });
    return { url, stop: async () => void (await container?.remove()) };
  },
};
