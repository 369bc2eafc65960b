import {
  BrokerUnavailableError,
  ConfigurationError,
  describeError,
  EventsError,
  SendError,
  type SendErrorOptions,
} from '@payments/events-core';
import type { Link } from './connection/link.ts';
import type { Outcome } from './publishing/posting.ts';
import type { Settings } from './settings.ts';

/** The AMQP reply code that an error of the client carries, if any. */
export function replyCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'number' ? error.code : undefined;
}

/** RabbitMQ's own words, without the client's around them. */
export function replyText(error: unknown): string {
  const { text } = describeError(error);
  return /with message "([^]*)"$/.exec(text)?.[1] ?? text;
}

export const replies = {
  accessRefused: 403,
  notFound: 404,
  locked: 405,
  preconditionFailed: 406,
} as const;

/** The client's word for a message that the broker did not take. */
export function isNack(error: unknown): boolean {
  return error instanceof Error && error.message === 'message nacked';
}

/** What the client throws for anything that is said on a channel or connection that has ended. */
export function isClosedChannel(error: unknown): boolean {
  return error instanceof Error && error.name === 'IllegalOperationError';
}

/** What a request for topology failed with, as an error of core's. `what` begins its sentence: `Queue "x"`. */
export function topologyError(error: unknown, { what, path }: { readonly what: string; readonly path: string }): Error {
  if (EventsError.isInstance(error)) return error;
  const said = replyText(error);
  switch (replyCode(error)) {
    case replies.preconditionFailed:
      return new ConfigurationError(
        `${what} exists with other settings, which RabbitMQ cannot change: ${difference(said, path)} RabbitMQ says: ${said}`,
        path,
        { cause: error },
      );
    case replies.accessRefused:
      return new ConfigurationError(
        `${what} cannot be declared: the user lacks a permission. Grant it, or let somebody else declare the topology and set topology: 'check'. RabbitMQ says: ${said}`,
        path,
        { cause: error },
      );
    case replies.notFound:
      return new ConfigurationError(`${what} does not exist. RabbitMQ says: ${said}`, path, { cause: error });
    default:
      return unavailable(`${what} could not be declared or checked`, error);
  }
}

/** What stands behind an argument that RabbitMQ finds different, and what to do: nobody who runs this knows its arguments. */
function difference(said: string, path: string): string {
  const argument = /inequivalent arg '([^']+)'/.exec(said)?.[1];
  const differs = argument === undefined ? '' : ` ("${argument}" differs)`;
  if (path === 'exchange')
    return `it must be a durable topic exchange${differs}. Name another one with \`exchange\` (\`exchange_name\`).`;
  const remedy = "Use that one, another group, or delete the group's queues once they are empty.";
  if (argument === 'x-single-active-consumer') return `the group was declared with another \`ordering\`. ${remedy}`;
  // RabbitMQ 4.0 does not compare it, and keeps the first one. A queue that has none is not ours.
  if (argument === 'x-consumer-timeout' && !said.includes('current is none'))
    return `the group was declared with another \`consumerTimeoutMs\`. ${remedy}`;
  return (
    `it was not made by this library, or not for this purpose${differs}. ` +
    'Choose another `queuePrefix` (`queue_prefix`) or another group.'
  );
}

export function unavailable(what: string, error: unknown): BrokerUnavailableError {
  return new BrokerUnavailableError(`${what}: ${describeError(error).text}`, { cause: error });
}

export function undeclared(group: string, queue: string): ConfigurationError {
  return new ConfigurationError(
    `Nobody has declared group "${group}": there is no queue "${queue}". Start a consumer of it, or declare it with connectBroker(…, { groups }).`,
    'group',
  );
}

/** What errors say of an event. */
export interface Named {
  readonly type: string;
  /** What another library has sent may have none. */
  readonly id: string | undefined;
}

/** For the beginning of a sentence about a send. */
export function named({ type, id }: Named): string {
  return id === undefined ? type : `${type} ${id}`;
}

/** The largest body RabbitMQ takes, in bytes, when that is why it has closed a channel. */
export function brokersLimit(error: unknown): number | undefined {
  const [, limit] = /message size \d+ is larger than configured max size (\d+)/.exec(replyText(error)) ?? [];
  return limit === undefined ? undefined : Number(limit);
}

export function tooLarge(event: Named, problem: string): SendError {
  return new SendError(`${named(event)} is too large: ${problem}.`, {
    outcome: 'rejected',
    reason: 'too-large',
    retryable: false,
  });
}

/** What a send failed with. Only the broker's own words, or that nothing was written, mean that the event is not stored. */
export function outcomeError(
  event: Named,
  outcome: Exclude<Outcome, { kind: 'accepted' }>,
  link?: Pick<Link, 'blocked' | 'live' | 'lastError'>,
): SendError {
  const refused = (text: string, options: Omit<SendErrorOptions, 'outcome'>) =>
    new SendError(`${named(event)} ${text}`, { outcome: 'rejected', ...options });
  const unknown = (text: string, options: Omit<SendErrorOptions, 'outcome' | 'retryable'>) =>
    new SendError(`${named(event)} ${text}`, { outcome: 'unknown', retryable: true, ...options });
  switch (outcome.kind) {
    case 'returned':
      return refused('was refused: no queue is bound for its type.', { reason: 'unroutable', retryable: true });
    case 'full':
      return refused('was refused: a queue it goes to is full, or cannot be reached.', {
        reason: 'full',
        retryable: true,
      });
    case 'aborted':
      return outcome.written
        ? unknown('was sent, and no answer came in time.', { reason: 'timeout' })
        : refused(`was not sent in time: ${obstacle(link)}`, { reason: 'disconnected', retryable: true });
    default: {
      const { kind, error } = outcome;
      const said = replyText(error);
      switch (kind) {
        case 'forbidden':
          return refused(`was refused: ${said}`, { reason: 'forbidden', retryable: false, cause: error });
        case 'missing':
          return refused(`was refused: its exchange does not exist, and could not be declared. ${said}`, {
            reason: 'unroutable',
            retryable: true,
            cause: error,
          });
        case 'invalid':
          return refused(`cannot be sent: ${said}`, {
            // The broker's own limit may lie below ours.
            reason: brokersLimit(error) === undefined ? 'other' : 'too-large',
            retryable: false,
            cause: error,
          });
        case 'lost':
          return unknown(`was sent, and the connection ended before the answer came: ${said}`, {
            reason: 'disconnected',
            cause: error,
          });
      }
    }
  }
}

function obstacle(link: Pick<Link, 'blocked' | 'live' | 'lastError'> | undefined): string {
  if (link?.blocked !== undefined) return `RabbitMQ takes no messages now (${link.blocked}).`;
  if (link?.live !== undefined) return 'others were before it, and RabbitMQ has not answered.';
  const why = link?.lastError === undefined ? '' : ` The last reason: ${replyText(link.lastError)}`;
  return `there was no connection to RabbitMQ.${why}`;
}

/** TLS failures that are about trust, not about the network. */
const untrusted =
  /^(?:CERT_|ERR_TLS_CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_(?:GET_ISSUER|VERIFY_LEAF)|HOSTNAME_MISMATCH|ERR_OSSL_)/;

/**
 * What a try to connect failed with: a ConfigurationError for what waiting will hardly mend, else what the network said. The
 * client's errors hold no credentials.
 */
export function refusedConnection(
  error: unknown,
  { host, port, vhost }: Pick<Settings, 'host' | 'port' | 'vhost'>,
): Error {
  if (EventsError.isInstance(error)) return error;
  const where = `RabbitMQ at ${host}:${port}`;
  const { text } = describeError(error);
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const configuration = (said: string, path: string) => new ConfigurationError(said, path, { cause: error });
  if (/Handshake terminated by server: 403|ACCESS_REFUSED/.test(text))
    return configuration(
      `${where} refuses the user name or the password. Check both; RabbitMQ's log says which.`,
      'username',
    );
  if (untrusted.test(code))
    return configuration(
      `${where} shows a certificate that is not trusted (${code}: ${text}). Set tls.caFile or tls.serverName.`,
      'tls',
    );
  // All the client says of why the virtual host was not opened.
  if (/got <ConnectionClose/.test(text))
    return configuration(
      `${where} has no virtual host "${vhost}" for this user, or it takes no more connections. Create it, or grant the permission.`,
      'url',
    );
  return new Error(`${where} cannot be reached: ${text === '' ? code : text}`, { cause: error });
}
