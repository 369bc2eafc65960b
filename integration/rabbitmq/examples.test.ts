import { describeExamples } from '../programs/describe-examples.ts';
import { openVirtualHost } from './support/virtual-host.ts';

describeExamples('RabbitMQ', {
  async open() {
    const host = await openVirtualHost();
    return {
      env: { MESSAGING__BROKER_TYPE: 'rabbitmq', MESSAGING__URL: host.url },
      used: async () => (await host.queues()).length > 0,
      // RabbitMQ says what memory need not: some of these events have no group yet.
      expectedToSay: /no group is bound for/,
    };
  },
  more: { 'republish-parked.ts': [/^booked pay_1$/, /^republished: 1, still parked: 0$/] },
});
