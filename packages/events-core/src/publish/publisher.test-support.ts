import { z } from 'zod';
import type { Broker } from '../connection/broker.ts';
import { openConnection, own } from '../connection/connection.ts';
import { fakeAdapter, silentLogger, type FakeAnswers } from '../connection/fake-adapter.test-support.ts';
import type { OutgoingMessage } from '../contract/message.ts';
import { defineEvents } from '../events/define-events.ts';
import { unchecked } from '../events/unchecked.ts';
import { createPublisher } from './create-publisher.ts';
import type { PublisherOptions } from './publish-options.ts';

/** Answers of the asynchronous schema, in order of its calls. */
export const lookups: PromiseWithResolvers<boolean>[] = [];

export const events = defineEvents({
  'shop.order.placed': {
    schema: z.looseObject({ order: z.string(), total: z.number().optional() }),
    key: (data: { order: string }) => data.order,
  },
  'shop.note.taken': unchecked<unknown>(),
  /** Valid once the test says so. */
  'shop.address.checked': {
    '~standard': {
      version: 1,
      vendor: 'test',
      async validate(value: unknown) {
        const lookup = Promise.withResolvers<boolean>();
        lookups.push(lookup);
        return (await lookup.promise) ? { value } : { issues: [{ message: 'no such address' }] };
      },
    },
  },
});

export type ShopPublisherOptions = Partial<PublisherOptions<typeof events>>;

/** A publisher on a broker of its own, of which the test decides what it answers and when time passes. */
export function setUpPublisher(answers: FakeAnswers = {}, options: ShopPublisherOptions = {}) {
  lookups.length = 0;
  const adapter = fakeAdapter(answers);
  const connection = openConnection(adapter, { logger: silentLogger, random: () => 0 }, { closedBy: 'owner' });
  const broker = { adapter } as unknown as Broker;
  own(broker, connection);
  const publisher = createPublisher({ broker, source: '/shop', events, ...options });
  const place = (id: string, order = 'o1') => publisher.publish('shop.order.placed', { order }, { id });
  return { adapter, clock: adapter.clock, connection, publisher, place };
}

export const bodyOf = (message: OutgoingMessage | undefined): unknown =>
  message && JSON.parse(Buffer.from(message.body).toString());
