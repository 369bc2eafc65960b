import { ownKafkaServer } from '../brokers/kafka-server.ts';
import { describeDemo } from '../programs/describe-demo.ts';
import { clientWarning } from './support/client-warning.ts';

describeDemo('Kafka', async () => {
  const { container, url } = await ownKafkaServer();
  return { container, messaging: { broker_type: 'kafka', url, topic_prefix: 'demo.' }, expectedToSay: clientWarning };
});
