import { labContainer, type LabContainer } from '../../brokers/lab-container.ts';
import type { RabbitmqServer } from '../../brokers/rabbitmq-server.ts';
import { openManagement, type Management } from './management.ts';

/** A broker that labs are opened on, one after another or, where they leave it alone, beside each other. */
export interface LabServer extends Omit<RabbitmqServer, 'container'>, LabContainer {
  readonly management: Management;
}

export function labServer(server: RabbitmqServer, { own }: { readonly own: boolean }): LabServer {
  return { ...server, ...labContainer(server.container, own), management: openManagement(server) };
}
