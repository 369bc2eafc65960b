import type { Broker, ConnectOptions } from '@payments/events-core';
import { connectWith } from '../../bad-days/bad-day.ts';

/** As an application does, from its configuration. */
export function connect(section: object, options: ConnectOptions = {}): Promise<Broker> {
  return connectWith({ broker_type: 'rabbitmq', ...section }, options);
}
