import { ConfigurationError } from '../errors/configuration-error.ts';
import { suggestion } from '../errors/suggestion.ts';
import { concealed } from './concealed.ts';
import { overridden, overridesIn, type Environment, type Override } from './environment.ts';
import { brokerTypes, type BrokerType, type MessagingConfig } from './messaging-config.ts';
import { readMessaging } from './read-messaging.ts';

/** The part of an application's configuration that is this library's. */
export interface Config {
  readonly messaging: MessagingConfig;
}

export interface ParseConfigOptions {
  /** Variables such as `MESSAGING__URL` and `MESSAGING__TLS__CA_FILE`, names in any case, override the configuration. @default none */
  readonly env?: Environment;
}

/**
 * Checks an application's configuration. Only its key `messaging` is looked at; whatever else stands beside it belongs
 * to the application. An environment that names another `broker_type` than the file replaces the section: no credential of one
 * broker ever reaches another.
 * @throws {ConfigurationError} naming the path (`messaging.url`, or the variable), the reason and a suggestion; never a value.
 */
export function parseConfig(value: unknown, { env = {} }: ParseConfigOptions = {}): Config {
  const overrides = overridesIn(env);
  const section = sectionOf(value, overrides);
  const broker = brokerOf(section, overrides);
  const base = section['broker_type'] === undefined || section['broker_type'] === broker ? section : {};
  const complete = { ...overridden(base, overrides, broker), broker_type: broker };
  const messaging = readMessaging(complete, broker, (path) => nameOf(path, overrides));
  return Object.freeze({ messaging: concealed(messaging) });
}

function sectionOf(value: unknown, overrides: readonly Override[]): Readonly<Record<string, unknown>> {
  if (!isRecord(value))
    throw new ConfigurationError('The configuration must be an object with the key "messaging".', 'config');
  const section = Object.hasOwn(value, 'messaging') ? value['messaging'] : undefined;
  if (section === undefined && overrides.length > 0) return {};
  if (section === undefined) {
    throw new ConfigurationError(
      `messaging is missing.${suggestion('messaging', Object.keys(value)).replace('Did you mean', 'Is it')}`,
      'messaging',
    );
  }
  if (!isRecord(section)) throw new ConfigurationError('messaging must be an object.', 'messaging');
  return section;
}

/** RabbitMQ is the default, as in the Python library; a URL of another broker is refused by its scheme then. */
function brokerOf(section: Readonly<Record<string, unknown>>, overrides: readonly Override[]): BrokerType {
  const override = overrides.find(({ keys }) => keys.length === 1 && keys[0] === 'broker_type');
  const named = override?.text ?? (Object.hasOwn(section, 'broker_type') ? section['broker_type'] : brokerTypes[0]);
  const broker = brokerTypes.find((one) => one === named);
  if (broker !== undefined) return broker;
  const path = nameOf(['broker_type'], overrides);
  const hint = typeof named === 'string' ? suggestion(named, brokerTypes) : '';
  throw new ConfigurationError(`${path} must be one of ${brokerTypes.join(', ')}.${hint}`, path);
}

/** What the user has to change: the variable that set the value, else the place in the file. */
function nameOf(path: readonly PropertyKey[], overrides: readonly Override[]): string {
  const dotted = path.join('.');
  return overrides.find(({ keys }) => keys.join('.') === dotted)?.name ?? ['messaging', ...path].join('.');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
