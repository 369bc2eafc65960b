import { ConfigurationError, readConnectionUrl, type ConnectionUrl, type MessagingConfig } from '@payments/events-core';
import { defaultConsumerTimeoutMs } from './capabilities.ts';
import type { Settings, TlsOptions } from './settings.ts';

export interface RabbitmqOptions {
  /** `amqp://host:port/vhost`, or `amqps://` for TLS; the virtual host percent-encoded. Credentials may stand in it. */
  readonly url: string;
  /** @default the one in `url`, or `guest` */
  readonly username?: string;
  readonly password?: string;
  /** Present = TLS is used; also set by an `amqps://` URL. */
  readonly tls?: TlsOptions;
  /** The topic exchange that events are published to. @default 'payments' */
  readonly exchange?: string;
  /** Begins the name of every queue the library creates. @default 'payment_' */
  readonly queuePrefix?: string;
  /** What becomes of an event that no queue is bound for: kept in `<queuePrefix>.unrouted`, or refused. @default 'park' */
  readonly unroutable?: 'park' | 'error';
  /** Seconds between heartbeats, 1–60: a peer that is silent for two of them is gone. @default 10 */
  readonly heartbeatS?: number;
  /**
   * Milliseconds a message may be held by a consumer before the broker takes it back, 180,000–86,400,000. An argument of the
   * group's queues: it cannot be changed for queues that exist. @default 3_600_000
   */
  readonly consumerTimeoutMs?: number;
  /** `check`: everything must exist already; for users without the permission to configure. @default 'declare' */
  readonly topology?: 'declare' | 'check';
  /** Accepts servers older than 4.0, with which this library was not tested. Never older than 3.10. @default false */
  readonly allowUnverifiedServer?: boolean;
}

const optionNames = {
  url: true,
  username: true,
  password: true,
  tls: true,
  exchange: true,
  queuePrefix: true,
  unroutable: true,
  heartbeatS: true,
  consumerTimeoutMs: true,
  topology: true,
  allowUnverifiedServer: true,
} satisfies Record<keyof RabbitmqOptions, true>;

/** @throws {ConfigurationError} for an unknown option, or a value outside its range; `path` names the option. */
export function settingsOf(options: RabbitmqOptions): Settings {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(optionNames, name));
  if (unknown !== undefined) refuse(unknown.slice(0, 100), 'is no option of rabbitmq()');
  const {
    exchange = 'payments',
    queuePrefix = 'payment_',
    unroutable = 'park',
    heartbeatS = 10,
    consumerTimeoutMs = defaultConsumerTimeoutMs,
    topology = 'declare',
    allowUnverifiedServer = false,
  } = options;
  const { endpoints, path, scheme } = readUrl(options.url);
  const { host, port } = endpoints[0];
  const tls = options.tls ?? (scheme === 'amqps' ? {} : undefined);
  checkName('exchange', exchange, { least: 1, most: 127 });
  checkName('queuePrefix', queuePrefix, { least: 0, most: 100 });
  checkChoice('unroutable', unroutable, ['park', 'error']);
  checkChoice('topology', topology, ['declare', 'check']);
  checkWhole('heartbeatS', heartbeatS, { least: 1, most: 60 });
  checkWhole('consumerTimeoutMs', consumerTimeoutMs, { least: 180_000, most: 86_400_000 });
  if (typeof allowUnverifiedServer !== 'boolean') refuse('allowUnverifiedServer', 'must be true or false');
  checkTls(tls);
  const { username, password } = credentials(options);
  return {
    // The brackets of an IPv6 address belong to the URL.
    host: host.replace(/^\[|\]$/g, ''),
    port: port ?? (tls === undefined ? 5672 : 5671),
    vhost: path ?? '/',
    login: () => ({ username, password }),
    tls,
    exchange,
    queuePrefix,
    unroutable,
    heartbeatS,
    consumerTimeoutMs,
    topology,
    allowUnverifiedServer,
  };
}

function refuse(path: string, problem: string): never {
  throw new ConfigurationError(`${path} ${problem}.`, path);
}

function readUrl(url: string): ConnectionUrl {
  if (typeof url !== 'string' || !/^amqps?:\/\//i.test(url)) refuse('url', 'must begin with amqp:// or amqps://');
  let read: ConnectionUrl;
  try {
    read = readConnectionUrl(url);
  } catch (error) {
    return refuse('url', error instanceof TypeError ? error.message : 'must be a URL');
  }
  if (read.endpoints.length > 1) refuse('url', 'must name one server');
  if (read.path !== undefined && read.path !== '/' && new URL(url).pathname.slice(1).includes('/')) {
    refuse('url', 'must name one virtual host: percent-encode a "/" in its name as %2F');
  }
  return read;
}

function credentials({ url, username, password }: RabbitmqOptions): { username: string; password: string } {
  const inUrl = readConnectionUrl(url);
  const twice = password === undefined ? 'username' : 'password';
  if ((username ?? password) !== undefined && (inUrl.username ?? inUrl.password) !== undefined)
    refuse(twice, 'must not be set while url holds credentials: say them once');
  if (username !== undefined && password === undefined) refuse('password', 'is missing: username is set');
  if (password !== undefined && username === undefined) refuse('username', 'is missing: password is set');
  if (username === '') refuse('username', 'must not be empty');
  return { username: username ?? inUrl.username ?? 'guest', password: password ?? inUrl.password ?? 'guest' };
}

function checkTls(tls: TlsOptions | undefined): void {
  if (tls === undefined) return;
  if (typeof tls !== 'object' || tls === null) refuse('tls', 'must be an object; leave it out for none');
  const known = ['caFile', 'certFile', 'keyFile', 'serverName'];
  for (const [name, value] of Object.entries(tls)) {
    if (!known.includes(name)) refuse(`tls.${name.slice(0, 100)}`, 'is no option of tls');
    if (value !== undefined && (typeof value !== 'string' || value === ''))
      refuse(`tls.${name}`, 'must be a text that is not empty');
  }
  if ((tls.certFile === undefined) !== (tls.keyFile === undefined)) {
    const missing = tls.certFile === undefined ? 'certFile' : 'keyFile';
    refuse(`tls.${missing}`, 'is missing: a certificate and its key go together');
  }
}

interface Range {
  readonly least: number;
  readonly most: number;
}

function checkName(path: string, value: string, { least, most }: Range): void {
  if (typeof value !== 'string' || value.length < least || value.length > most)
    refuse(path, `must have ${least} to ${most} characters`);
  if (!/^(?!amq\.)[A-Za-z0-9_.:-]*$/.test(value))
    refuse(path, 'must hold only letters, digits, "_", ".", ":" and "-", and not begin with "amq."');
}

function checkChoice(path: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) refuse(path, `must be ${allowed.map((one) => `"${one}"`).join(' or ')}`);
}

function checkWhole(path: string, value: number, { least, most }: Range): void {
  if (!Number.isInteger(value) || value < least || value > most)
    refuse(path, `must be a whole number from ${least} to ${most}`);
}

/** What the `messaging` section of a configuration says. @throws {ConfigurationError} for another broker's section. */
export function optionsFromConfiguration(messaging: MessagingConfig): RabbitmqOptions {
  if (messaging.broker_type !== 'rabbitmq') {
    throw new ConfigurationError(
      `broker_type is "${messaging.broker_type}", and this is the RabbitMQ adapter.`,
      'messaging.broker_type',
    );
  }
  const { url, username, password, tls } = messaging;
  return {
    url,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls: tlsOptions(tls) }),
    exchange: messaging.exchange_name,
    queuePrefix: messaging.queue_prefix,
    unroutable: messaging.unroutable,
  };
}

function tlsOptions({ ca_file, cert_file, key_file, server_name }: NonNullable<TlsSection>): TlsOptions {
  return {
    ...(ca_file === undefined ? {} : { caFile: ca_file }),
    ...(cert_file === undefined ? {} : { certFile: cert_file }),
    ...(key_file === undefined ? {} : { keyFile: key_file }),
    ...(server_name === undefined ? {} : { serverName: server_name }),
  };
}

type TlsSection = Extract<MessagingConfig, { broker_type: 'rabbitmq' }>['tls'];
