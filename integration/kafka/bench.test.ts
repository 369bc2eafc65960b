import { kafkaServer } from '../brokers/kafka-server.ts';
import { describeBench } from '../programs/describe-bench.ts';
import { clientWarning } from './support/client-warning.ts';
import { openNamespace } from './support/namespace.ts';

describeBench('kafka', async () => {
  const { url } = await kafkaServer();
  const { admin } = await openNamespace();
  const isOwn = (name: string) => name.startsWith('bench-');
  return {
    env: { EVENTS_KAFKA_URL: url },
    expectedToSay: clientWarning,
    async leftovers() {
      const { groups } = await admin.listGroups();
      const names = [...(await admin.listTopics()), ...groups.map(({ groupId }) => groupId)];
      return names.filter(isOwn);
    },
  };
});
