import { ConfigurationError, type GroupSpec, UnsupportedCapabilityError } from '@payments/events-core';
import type { Connection } from '../connection.ts';
import { asEventsError } from '../errors.ts';
import { namesOf, topicsOf, topicsToRead } from '../topology.ts';
import { createStartAtEnd } from './start-at-end.ts';
import { checkTopicSettings } from './topic-settings.ts';
import { deadTopic, mainTopic, retryTopic } from './topic-shapes.ts';

/**
 * Creates what a group needs, or checks that it is there. Idempotent; what exists is left as it is.
 * @throws {ConfigurationError} for what is missing with topology `check`, may not be created, or does not fit.
 * @throws {UnsupportedCapabilityError} for ordering `key` over topics split by type.
 * @throws {BrokerUnavailableError} when no answer came.
 */
export async function declareGroup(connection: Connection, spec: GroupSpec): Promise<void> {
  const { settings } = connection;
  const { group, ordering } = spec;
  if (ordering === 'key' && settings.topicStrategy === 'type')
    throw new UnsupportedCapabilityError(
      `Group "${group}" asks for ordering "key", and with topicStrategy "type" the events of a key lie in several topics, ` +
        'between which Kafka knows no order. Use topicStrategy "entity" (topic_strategy).',
      'keyOrder',
    );
  try {
    await declare(connection, spec);
  } catch (error) {
    throw asEventsError(`Group "${group}" cannot be declared`, error, { settings, path: 'group' });
  }
}

async function declare(connection: Connection, spec: GroupSpec): Promise<void> {
  const { settings, topics } = connection;
  const { group } = spec;
  const needed = topicsOf(settings, spec);
  const existing = await topics.list();
  refuseOtherOrdering(connection, spec, existing);
  // Where others make the topics, all there is to see of a group is how far it is.
  const mayBeNew = settings.topology === 'check' || !existing.includes(needed.dead);
  const read = topicsToRead(settings, spec, existing).main.filter((topic) => existing.includes(topic));
  const startAtEnd =
    spec.startFrom === 'latest' && mayBeNew ? await createStartAtEnd(connection, { group, topics: read }) : undefined;
  const own = [
    ...needed.retry.map(({ topic, stepMs }) => retryTopic(settings, topic, stepMs)),
    retryTopic(settings, needed.now, 0),
  ];
  await topics.ensure([...needed.main.map((topic) => mainTopic(settings, topic)), ...own]);
  // Another process may have been declaring at the same time.
  refuseOtherOrdering(connection, spec, await topics.list());
  await startAtEnd?.();
  await topics.ensure([deadTopic(needed.dead)]);
  await checkTopicSettings(connection, [
    ...new Set([...read, ...needed.main, ...own.map(({ topic }) => topic), needed.dead]),
  ]);
}

/** The name of a topic says how the group was declared: Kafka has no place for it. */
function refuseOtherOrdering({ settings }: Connection, spec: GroupSpec, existing: readonly string[]): void {
  const { now, nowByKey } = namesOf(settings, spec.group);
  const [other, topic] = spec.ordering === 'key' ? ['none', now] : ['key', nowByKey];
  if (!existing.includes(topic)) return;
  throw new ConfigurationError(
    `Group "${spec.group}" was declared with ordering "${other}": there is a topic "${topic}". Use that one or another ` +
      'group; or delete that topic once nothing waits in it and no consumer of the group runs.',
    'consumer.ordering',
  );
}
