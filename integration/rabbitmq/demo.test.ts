import { ownRabbitmqServer } from '../brokers/rabbitmq-server.ts';
import { describeDemo } from '../programs/describe-demo.ts';

describeDemo('RabbitMQ', async () => {
  const { container, url } = await ownRabbitmqServer();
  return { container, messaging: { broker_type: 'rabbitmq', url, exchange_name: 'demo', queue_prefix: 'demo.' } };
});
