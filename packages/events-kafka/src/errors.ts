import { BrokerUnavailableError, ConfigurationError, describeError, EventsError } from '@payments/events-core';
import type { Settings } from './settings.ts';

export const closedMessage = 'The Kafka adapter was closed.';

/**
 * What an error of the client comes from: those around it say the contrary at times. Of several that came together, the
 * first that is not about something that exists already.
 */
export function rootOf(error: unknown): unknown {
  let root = error;
  for (let depth = 0; depth < 20; depth += 1) {
    const next = partOf(root) ?? causeOf(root);
    if (next === undefined || next === null) return root;
    root = next;
  }
  return root;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function partOf(error: unknown): unknown {
  if (!(error instanceof Error) || !('errors' in error) || !Array.isArray(error.errors)) return undefined;
  const parts: readonly unknown[] = error.errors;
  return parts.find((part) => ownType(part) !== 'TOPIC_ALREADY_EXISTS') ?? parts[0];
}

/** What the broker has answered with, in the protocol's own word; undefined when it was not the broker that said no. */
export function protocolType(error: unknown): string | undefined {
  return ownType(rootOf(error));
}

/** Whether the broker says that a permission is missing, which somebody may be about to grant. */
export function isForbidden(error: unknown): boolean {
  return protocolType(error)?.endsWith('_AUTHORIZATION_FAILED') ?? false;
}

/** Answers after which the partitions are somebody else's. */
export const expelling: ReadonlySet<string> = new Set([
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'FENCED_INSTANCE_ID',
]);

function ownType(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'type' in error && typeof error.type === 'string'
    ? error.type
    : undefined;
}

/** The class of what an error comes from, by its name: the client does not export its classes. */
export function rootName(error: unknown): string {
  return describeError(rootOf(error)).name;
}

/** The error of a client that was not told more than this, if it was more. */
export function explained(error: unknown, { groupForbidden }: { readonly groupForbidden: boolean }): unknown {
  if (!groupForbidden || rootName(error) !== 'KafkaJSGroupCoordinatorNotFound') return error;
  return Object.assign(new Error('Not authorized to access group: Group authorization failed'), {
    name: 'KafkaJSProtocolError',
    type: 'GROUP_AUTHORIZATION_FAILED',
  });
}

/** Answers that tell of a state which passes: nobody has refused anything. */
const passing: ReadonlySet<string> = new Set([
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'KAFKA_STORAGE_ERROR',
  'LEADER_NOT_AVAILABLE',
  'LISTENER_NOT_FOUND',
  'NETWORK_EXCEPTION',
  'NOT_CONTROLLER',
  'NOT_COORDINATOR',
  'NOT_COORDINATOR_FOR_GROUP',
  'NOT_LEADER_FOR_PARTITION',
  'OFFSET_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'REQUEST_TIMED_OUT',
  'BROKER_NOT_AVAILABLE',
  'UNSTABLE_OFFSET_COMMIT',
]);

/** Whether it was the broker's own answer, and one that stands. */
export function isAnswer(error: unknown): boolean {
  const type = protocolType(error);
  return type !== undefined && !passing.has(type);
}

/** A sentence's end about what went wrong, without what the client has wrapped around it. */
export function reasonOf(error: unknown, { brokers, login, tls }: Pick<Settings, 'brokers' | 'login' | 'tls'>): string {
  const root = rootOf(error);
  const { name, text } = describeError(root);
  // The client loses what its brokers have said when it asks one after the other.
  if (name === 'TypeError' || name === 'KafkaJSGroupCoordinatorNotFound') return 'no broker has answered';
  // Of the node -1, which stands for the leader that there is not.
  if (name === 'KafkaJSBrokerNotFound' && text.startsWith('Broker -1 '))
    return 'the partition it belongs to has no leader';
  const hint = perhapsNoTls.test(text) ? '. It may speak no TLS on this port' : '';
  const said = `${text.replace(/^Connection error: /, '')}${hint}`;
  const broker = brokerOf(root);
  if (name === 'KafkaJSConnectionClosedError') {
    const wanted =
      login === undefined || tls === undefined ? '. It may ask for a login (username) or for TLS (tls)' : '';
    return `${broker} closes the connection${wanted}`;
  }
  if (broker === undefined) return said;
  if (brokers.includes(broker)) return said.includes(broker) ? said : `${broker}: ${said}`;
  return (
    `Kafka advertises a broker at ${broker}, which cannot be reached from here (${said}). Set advertised.listeners of the ` +
    'broker to an address that can, or say with the option `addressOf` where it is reached'
  );
}

function brokerOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('broker' in error)) return undefined;
  return typeof error.broker === 'string' ? error.broker : undefined;
}

/** `what` is a whole clause: `The topics could not be listed`. */
export function unavailable(
  what: string,
  error: unknown,
  settings: Pick<Settings, 'brokers' | 'login' | 'tls'>,
): BrokerUnavailableError {
  return new BrokerUnavailableError(`${what}: ${reasonOf(error, settings)}.`, { cause: error });
}

/** TLS failures that are about trust, not about the network. */
const untrusted =
  /^(?:CERT_|ERR_TLS_CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_(?:GET_ISSUER|VERIFY_LEAF)|HOSTNAME_MISMATCH|ERR_OSSL_)/;
const refusedCertificate = /alert (?:bad certificate|certificate (?:required|unknown|expired|revoked)|unknown ca)/i;
const noTls = /wrong version number|packet length too long/i;
const perhapsNoTls = /before secure TLS connection was established/;
/** The client calls whatever ends a login a failed one. */
const interrupted = /closed|Connection|timed out|Not connected/i;

/** What waiting will hardly mend about how the broker is reached, if it is that. */
export function refusedConnection(error: unknown): ConfigurationError | undefined {
  if (ConfigurationError.isInstance(error)) return error;
  const login = refusedLogin(error);
  if (login !== undefined) return login;
  const root = rootOf(error);
  if (EventsError.isInstance(root)) return undefined;
  const { name, text } = describeError(root);
  const refused = (said: string, path: string) => new ConfigurationError(said, path, { cause: error });
  if (noTls.test(text))
    return refused(
      `Kafka speaks no TLS on this port (${text}). Leave tls out, or use the port of a TLS listener.`,
      'tls',
    );
  if (name === 'KafkaJSServerDoesNotSupportApiKey' || ownType(root) === 'UNSUPPORTED_VERSION')
    return refused(`This version of Kafka does not speak what the client does: ${text}.`, 'url');
  return undefined;
}

/** Whether Kafka, or this process, does not take the other for what it says it is: a login or a certificate. */
export function isLoginRefused(error: unknown): boolean {
  return refusedLogin(error) !== undefined;
}

function refusedLogin(error: unknown): ConfigurationError | undefined {
  const root = rootOf(error);
  if (EventsError.isInstance(root)) return undefined;
  const { name, text } = describeError(root);
  const code = typeof root === 'object' && root !== null && 'code' in root ? String(root.code) : '';
  const refused = (said: string, path: string) => new ConfigurationError(said, path, { cause: error });
  const type = ownType(root);
  if (type === 'UNSUPPORTED_SASL_MECHANISM' || /mechanism is not supported/.test(text))
    return refused(`Kafka does not take this way of logging in: ${text}. Set another saslMechanism.`, 'saslMechanism');
  if (type === 'ILLEGAL_SASL_STATE')
    return refused(
      'Kafka asks for no login on this port. Leave username and password out, or use the port of a listener with SASL.',
      'username',
    );
  if (type === 'SASL_AUTHENTICATION_FAILED' || (name === 'KafkaJSSASLAuthenticationError' && !interrupted.test(text)))
    return refused(`Kafka refuses the user name or the password: ${text}. Check both, and saslMechanism.`, 'username');
  if (untrusted.test(code))
    return refused(
      `Kafka shows a certificate that is not trusted (${code}: ${text}). Set tls.caFile or tls.serverName.`,
      'tls',
    );
  if (refusedCertificate.test(text))
    return refused(
      `Kafka refuses the client's certificate (${text}). Set tls.certFile and tls.keyFile.`,
      'tls.certFile',
    );
  return undefined;
}

/**
 * What a question to Kafka failed with: what the broker stands by is a {ConfigurationError}. `what` as for `unavailable`.
 */
export function asEventsError(
  what: string,
  error: unknown,
  { settings, path }: { readonly settings: Pick<Settings, 'brokers' | 'login' | 'tls'>; readonly path: string },
): EventsError {
  if (EventsError.isInstance(error)) return error;
  const refused = refusedConnection(error);
  if (refused !== undefined) return refused;
  if (!isAnswer(error)) return unavailable(what, error, settings);
  const grant = isForbidden(error) ? ' Grant the user that permission.' : '';
  const said = reasonOf(error, settings);
  return new ConfigurationError(`${what}. Kafka says: ${said}.${grant}`, path, { cause: error });
}

export function undeclared(group: string, topic: string): ConfigurationError {
  return new ConfigurationError(
    `Nobody has declared group "${group}": there is no topic "${topic}". Start a consumer of it, or declare it with connectBroker(…, { groups }).`,
    'group',
  );
}
