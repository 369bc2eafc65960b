import { describeBench } from '../programs/describe-bench.ts';
import { openVirtualHost } from './support/virtual-host.ts';

describeBench('rabbitmq', async () => {
  const host = await openVirtualHost();
  return { env: { EVENTS_RABBITMQ_URL: host.url }, leftovers: () => host.queues() };
});
