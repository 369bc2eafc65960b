import { ConfigurationError, readConnectionUrl, type ConnectionUrl } from '@payments/events-core';
import type { Address, SaslMechanism, Settings, TlsOptions } from './settings.ts';

export interface KafkaOptions {
  /** `kafka://host:port`, several servers separated by commas. Credentials may stand in it. */
  readonly url: string;
  /** @default the one in `url` */
  readonly username?: string;
  readonly password?: string;
  /** How the credentials are shown to the broker; needed with them. */
  readonly saslMechanism?: SaslMechanism;
  /** Present = TLS is used. */
  readonly tls?: TlsOptions;
  /** Begins the name of every topic. @default 'payments.' */
  readonly topicPrefix?: string;
  /** One topic per entity (`transaction`), or per type, which knows no ordering `key`. @default 'entity' */
  readonly topicStrategy?: 'entity' | 'type';
  /** Partitions of topics the library creates, 1–10,000. @default 6 */
  readonly partitions?: number;
  /** Copies of topics the library creates, 1–100. @default 3, or as many as there are brokers if fewer */
  readonly replicationFactor?: number;
  /** Milliseconds that topics the library creates keep events, handled or not: at least an hour; -1 is for ever. @default 2_592_000_000 (30 days) */
  readonly retentionMs?: number;
  /** `check`: every topic must exist already; for users without the permission to create. @default 'declare' */
  readonly topology?: 'declare' | 'check';
  /** Milliseconds after which a consumer that is not heard of has lost its partitions, 1,000–1,800,000; brokers take 6,000 and more unless they are set up for less. @default 30_000 */
  readonly sessionTimeoutMs?: number;
  /** Milliseconds that an answer is waited for, 1,000–60,000. @default 10_000 */
  readonly requestTimeoutMs?: number;
  /** Milliseconds between looks for new topics that a pattern matches, 500–300,000. @default 10_000 */
  readonly topicRefreshMs?: number;
  /** How the brokers know this application: in their logs, metrics and quotas. @default 'payments-events' */
  readonly clientId?: string;
  /**
   * Where a broker is really reached, behind a tunnel or a forwarded port. Asked for every connection, also to the servers in
   * `url`; returns the address as it is where nothing is to be changed. With TLS the certificate must be for the address it is given.
   */
  readonly addressOf?: (advertised: Address) => Address;
}

const optionNames = {
  url: true,
  username: true,
  password: true,
  saslMechanism: true,
  tls: true,
  topicPrefix: true,
  topicStrategy: true,
  partitions: true,
  replicationFactor: true,
  retentionMs: true,
  topology: true,
  sessionTimeoutMs: true,
  requestTimeoutMs: true,
  topicRefreshMs: true,
  clientId: true,
  addressOf: true,
} satisfies Record<keyof KafkaOptions, true>;

const usualPort = 9_092;
const hourMs = 3_600_000;
const mechanisms: readonly SaslMechanism[] = ['plain', 'scram-sha-256', 'scram-sha-512'];

/** @throws {ConfigurationError} for an unknown option, or a value outside its range; `path` names the option. */
export function settingsOf(options: KafkaOptions): Settings {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(optionNames, name));
  if (unknown !== undefined) refuse(unknown.slice(0, 100), 'is no option of kafka()');
  const {
    tls,
    topicPrefix = 'payments.',
    topicStrategy = 'entity',
    partitions = 6,
    replicationFactor,
    retentionMs = 30 * 24 * hourMs,
    topology = 'declare',
    sessionTimeoutMs = 30_000,
    requestTimeoutMs = 10_000,
    topicRefreshMs = 10_000,
    clientId = 'payments-events',
    addressOf,
  } = options;
  const brokers = brokersOf(readUrl(options.url));
  checkText('topicPrefix', topicPrefix, { least: 0, most: 100 });
  if (topicPrefix === '.' || topicPrefix === '..') refuse('topicPrefix', 'must not be "." or ".."');
  checkChoice('topicStrategy', topicStrategy, ['entity', 'type']);
  checkWhole('partitions', partitions, { least: 1, most: 10_000 });
  if (replicationFactor !== undefined) checkWhole('replicationFactor', replicationFactor, { least: 1, most: 100 });
  if (retentionMs !== -1 && !(Number.isInteger(retentionMs) && retentionMs >= hourMs))
    refuse('retentionMs', `must be -1 (for ever) or a whole number of at least ${hourMs} (an hour)`);
  checkChoice('topology', topology, ['declare', 'check']);
  checkWhole('sessionTimeoutMs', sessionTimeoutMs, { least: 1_000, most: 1_800_000 });
  checkWhole('requestTimeoutMs', requestTimeoutMs, { least: 1_000, most: 60_000 });
  checkWhole('topicRefreshMs', topicRefreshMs, { least: 500, most: 300_000 });
  checkText('clientId', clientId, { least: 1, most: 200 });
  if (addressOf !== undefined && typeof addressOf !== 'function') refuse('addressOf', 'must be a function');
  checkTls(tls);
  return {
    brokers,
    login: loginOf(options),
    tls,
    topicPrefix,
    topicStrategy,
    partitions,
    replicationFactor,
    retentionMs,
    topology,
    sessionTimeoutMs,
    requestTimeoutMs,
    topicRefreshMs,
    clientId,
    addressOf,
  };
}

function refuse(path: string, problem: string): never {
  throw new ConfigurationError(`${path} ${problem}.`, path);
}

function readUrl(url: string): ConnectionUrl {
  if (typeof url !== 'string' || !/^kafka:\/\//i.test(url)) refuse('url', 'must begin with kafka://');
  let read: ConnectionUrl;
  try {
    read = readConnectionUrl(url);
  } catch (error) {
    return refuse('url', error instanceof TypeError ? error.message : 'must be a URL');
  }
  if (read.path !== undefined) refuse('url', 'must end with the last server: Kafka knows no path');
  return read;
}

function brokersOf({ endpoints }: ConnectionUrl): readonly string[] {
  return endpoints.map(({ host, port = usualPort }) => {
    if (host.includes(':'))
      refuse('url', 'must name servers by a name or an IPv4 address: kafkajs cuts an IPv6 address at its first ":"');
    return `${host}:${port}`;
  });
}

function loginOf({ url, username, password, saslMechanism }: KafkaOptions): Settings['login'] {
  const inUrl = readConnectionUrl(url);
  const twice = password === undefined ? 'username' : 'password';
  if ((username ?? password) !== undefined && (inUrl.username ?? inUrl.password) !== undefined)
    refuse(twice, 'must not be set while url holds credentials: say them once');
  const login = { username: username ?? inUrl.username, password: password ?? inUrl.password };
  if (login.username !== undefined && login.password === undefined) refuse('password', 'is missing: username is set');
  if (login.password !== undefined && login.username === undefined) refuse('username', 'is missing: password is set');
  if (saslMechanism !== undefined) checkChoice('saslMechanism', saslMechanism, mechanisms);
  if (login.username === undefined || login.password === undefined) {
    if (saslMechanism !== undefined) refuse('username', 'is missing: saslMechanism is set');
    return undefined;
  }
  if (login.username === '') refuse('username', 'must not be empty');
  if (saslMechanism === undefined)
    return refuse('saslMechanism', `is missing: there are credentials. It is ${either(mechanisms)}`);
  const known = { mechanism: saslMechanism, username: login.username, password: login.password };
  return () => known;
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

function checkText(path: string, value: string, { least, most }: Range): void {
  if (typeof value !== 'string' || value.length < least || value.length > most)
    refuse(path, `must have ${least} to ${most} characters`);
  if (!/^[A-Za-z0-9._-]*$/.test(value)) refuse(path, 'must hold only letters, digits, ".", "_" and "-"');
}

function checkChoice(path: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) refuse(path, `must be ${either(allowed)}`);
}

function either(allowed: readonly string[]): string {
  return `${allowed
    .slice(0, -1)
    .map((one) => `"${one}"`)
    .join(', ')} or "${allowed.at(-1)}"`;
}

function checkWhole(path: string, value: number, { least, most }: Range): void {
  if (!Number.isInteger(value) || value < least || value > most)
    refuse(path, `must be a whole number from ${least} to ${most}`);
}
