import { describeCrashRounds } from '../crash-rounds/describe-crash-rounds.ts';
import { openVirtualHost } from './support/virtual-host.ts';

describeCrashRounds('RabbitMQ', async () => ({
  messaging: { broker_type: 'rabbitmq', url: (await openVirtualHost()).url },
  // The heartbeat is 10 s, and the server waits for three of them.
  silenceMs: 32_000,
}));
