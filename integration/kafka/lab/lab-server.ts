import { kafkaKeyStore } from '../../brokers/kafka-environment.ts';
import { ownKafkaServer, type KafkaServer } from '../../brokers/kafka-server.ts';
import { kafkaLoginPort, kafkaTlsPort } from '../../brokers/kinds.ts';
import { labContainer, type LabContainer } from '../../brokers/lab-container.ts';
import { makeIdentity } from './certificates.ts';
import type { Doors } from './users.ts';
import type { Address } from './wire.ts';

/** A broker that labs are opened on, one after another or, where they leave it alone, beside each other. */
export interface LabServer extends LabContainer {
  readonly doors: Doors;
  /** Where users come in over TLS, and the certificate it shows; undefined where the broker is shared. */
  readonly secure: (Address & { readonly certificate: string }) | undefined;
}

/** @throws {Error} where nobody can make users: the broker was given by its URL alone. */
export function sharedLabServer({ host, port, container }: KafkaServer): LabServer {
  if (container === undefined) throw new Error('a Kafka given by its URL has no door for users of tests');
  const login = { host, port: container.hostPort(kafkaLoginPort) };
  return { ...labContainer(container, false), doors: { admin: { host, port }, login }, secure: undefined };
}

/** A broker in a container of its own. Remove it with `container().remove()`. */
export async function ownLabServer(): Promise<LabServer> {
  const { certificate, key } = makeIdentity('the broker of this lab');
  const server = await ownKafkaServer({
    ports: [kafkaTlsPort],
    files: [{ path: kafkaKeyStore, content: `${key}${certificate}` }],
  });
  const { host, container } = server;
  const secure = { host, port: container.hostPort(kafkaTlsPort), certificate };
  return { ...sharedLabServer(server), ...labContainer(container, true), secure };
}
