import { BrokerUnavailableError, ConfigurationError, EventsError } from '@payments/events-core';
import { isForbidden, protocolType, reasonOf, refusedConnection, rootName } from '../errors.ts';
import type { Settings } from '../settings.ts';
import type { GroupTopics } from '../topology.ts';

interface Reading {
  readonly settings: Pick<Settings, 'brokers' | 'login' | 'tls' | 'sessionTimeoutMs'>;
  readonly group: string;
  readonly topics: Pick<GroupTopics, 'main' | 'now'>;
}

/** Why a group cannot be consumed. {ConfigurationError} for what will not mend by itself. */
export function consumingError(error: unknown, { settings, group, topics }: Reading): EventsError {
  if (EventsError.isInstance(error)) return error;
  const said = reasonOf(error, settings);
  const configuration = (text: string, path: string) =>
    new ConfigurationError(`Group "${group}" cannot be consumed: ${text}`, path, { cause: error });
  if (isForbidden(error))
    return configuration(
      `the user lacks a permission. Grant READ on the group and on what it reads (${someOf(topics)}). Kafka says: ${said}`,
      'group',
    );
  const type = protocolType(error);
  if (type === 'INVALID_SESSION_TIMEOUT')
    return configuration(
      `Kafka does not take a session of ${settings.sessionTimeoutMs} ms. Set sessionTimeoutMs between the broker's group.min.session.timeout.ms and group.max.session.timeout.ms.`,
      'sessionTimeoutMs',
    );
  if (type === 'INCONSISTENT_GROUP_PROTOCOL')
    return configuration(
      'consumers that are none of this library are members of it. Stop them, or use another group.',
      'group',
    );
  if (type === 'OFFSET_METADATA_TOO_LARGE')
    return configuration(
      "the broker's offset.metadata.max.bytes is below its default. Set it to 4096 or more.",
      'group',
    );
  if (rootName(error) === 'KafkaJSNotImplemented')
    return configuration(
      `a topic holds events in a compression that is not supported (${said}). Let producers use gzip or none, or register the codec with kafkajs (CompressionCodecs).`,
      'group',
    );
  return (
    refusedConnection(error) ??
    new BrokerUnavailableError(`Group "${group}" cannot be consumed: ${said}.`, { cause: error })
  );
}

function someOf({ main, now }: Reading['topics']): string {
  const more = main.length > 3 ? ', …' : '';
  return [...main.slice(0, 3), now].map((topic) => `"${topic}"`).join(', ') + more;
}
