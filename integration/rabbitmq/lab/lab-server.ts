import type { BrokerContainer } from '../../brokers/broker-container.ts';
import type { RabbitmqServer } from '../../brokers/rabbitmq-server.ts';
import { openManagement, type Management } from './management.ts';

/** A broker that labs are opened on, one after another or, where they leave it alone, beside each other. */
export interface LabServer extends Omit<RabbitmqServer, 'container'> {
  readonly management: Management;
  /** To stop, kill and pause. @throws {Error} where the broker is shared: a clause that needs it is in the wrong file. */
  container(): BrokerContainer;
  /** Whether this lab may break the broker itself. */
  readonly own: boolean;
}

export function labServer(server: RabbitmqServer, { own }: { readonly own: boolean }): LabServer {
  return {
    ...server,
    own,
    management: openManagement(server),
    container() {
      if (!own || server.container === undefined)
        throw new Error('this clause breaks the broker itself: it belongs to a file whose broker is its own');
      return server.container;
    },
  };
}
