/** Before and after the broker suites of one vitest run: one broker of each kind for all of them. */
import { join, relative, sep } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startBrokerContainer, type BrokerContainer } from './broker-container.ts';
import type { ProvidedBroker } from './broker-of-run.ts';
import type { ContainerAddress } from './container-handle.ts';
import { brokers, type BrokerKind } from './kinds.ts';
import { prepareBroker, prepareImage, sentenceOf, type PreparedBroker } from './setup.ts';
import { brokersWithSuites } from './suites.ts';

const containers: BrokerContainer[] = [];

export async function setup(project: TestProject): Promise<void> {
  const prepared: (readonly [BrokerKind, PreparedBroker])[] = [];
  // One after another: each may install something, or build an image.
  for (const kind of kindsOf(project)) prepared.push([kind, await prepareBroker(kind)]);
  const provided = await Promise.allSettled(
    prepared.map(async ([kind, broker]) => [kind, await provide(kind, broker)] as const),
  );
  for (const one of provided) {
    if (one.status === 'fulfilled') continue;
    await teardown();
    throw one.reason;
  }
  const all = provided.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  project.provide('brokers', Object.fromEntries(all));
}

export async function teardown(): Promise<void> {
  await Promise.all(containers.map((container) => container.remove()));
}

/** A run of one broker's files does not wait for another broker. */
function kindsOf(project: TestProject): readonly BrokerKind[] {
  const files = project.vitest.state.getPaths();
  const folders = new Set(files.map((file) => relative(join(import.meta.dirname, '..'), file).split(sep)[0]));
  return brokersWithSuites.filter((kind) => folders.has(kind));
}

async function provide(kind: BrokerKind, broker: PreparedBroker): Promise<ProvidedBroker> {
  if (broker.way === 'none') throw new Error(sentenceOf(broker));
  if (broker.way === 'url') return { shared: { url: broker.url }, image: await prepareImage(kind) };
  const container = await startBrokerContainer(kind, { image: broker.image });
  containers.push(container);
  return { shared: { container: addressOf(container) }, image: broker };
}

function addressOf({ id, kind, hostPort }: BrokerContainer): ContainerAddress {
  const { port, otherPorts } = brokers[kind];
  return { id, kind, ports: Object.fromEntries([port, ...otherPorts].map((inside) => [inside, hostPort(inside)])) };
}
