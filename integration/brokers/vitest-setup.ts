/** Before and after the broker suites of one vitest run: one broker for all of them. */
import type { TestProject } from 'vitest/node';
import { startBrokerContainer, type BrokerContainer } from './broker-container.ts';
import type { ContainerAddress } from './container-handle.ts';
import { brokers, rabbitmqManagementPort } from './kinds.ts';
import './rabbitmq-server.ts';
import { prepareBroker, prepareImage, sentenceOf } from './setup.ts';

let container: BrokerContainer | undefined;

export async function setup(project: TestProject): Promise<void> {
  const broker = await prepareBroker('rabbitmq');
  if (broker.way === 'none') throw new Error(sentenceOf(broker));
  if (broker.way === 'url') {
    project.provide('rabbitmq', { shared: { url: broker.url }, image: await prepareImage('rabbitmq') });
    return;
  }
  container = await startBrokerContainer('rabbitmq', { image: broker.image });
  const ports = [brokers.rabbitmq.port, rabbitmqManagementPort];
  project.provide('rabbitmq', { shared: { container: addressOf(container, ports) }, image: broker });
}

export async function teardown(): Promise<void> {
  await container?.remove();
}

function addressOf(broker: BrokerContainer, ports: readonly number[]): ContainerAddress {
  const { id, kind } = broker;
  const published = Object.fromEntries(ports.map((port) => [port, broker.hostPort(port)]));
  return { id, kind, ports: published };
}
