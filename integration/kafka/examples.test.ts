import { describeExamples } from '../programs/describe-examples.ts';
import { clientWarning } from './support/client-warning.ts';
import { openNamespace } from './support/namespace.ts';

describeExamples('Kafka', {
  async open() {
    const place = await openNamespace();
    const { broker_type, url, topic_prefix } = place.messaging;
    return {
      env: {
        MESSAGING__BROKER_TYPE: broker_type,
        MESSAGING__URL: url,
        MESSAGING__TOPIC_PREFIX: topic_prefix,
      },
      expectedToSay: clientWarning,
      used: async () => (await place.topics()).length > 0,
    };
  },
});
