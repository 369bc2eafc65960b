import type { ServerProperties } from 'amqplib';

/** Quorum queues with a time to live, and moved at least once. */
const least = [3, 10] as const;
/** With which this library was tested. */
const tested = [4, 0] as const;

/** From here on a message that is held for too long ends its consumer, as a deleted queue does, and not its channel. */
const cancelling = [4, 3] as const;

/** Why this server cannot be used, if it cannot. */
export function serverProblem(
  { product, version }: Pick<ServerProperties, 'product' | 'version'>,
  allowUnverified: boolean,
): string | undefined {
  const server = `${String(product)} ${String(version)}`.slice(0, 100);
  const allow = 'Upgrade it, or set allowUnverifiedServer: true after you have tried it.';
  const found = product === 'RabbitMQ' ? numbersOf(version) : undefined;
  if (found === undefined)
    return allowUnverified ? undefined : `The server is ${server}, which this library was not tested with. ${allow}`;
  if (isBelow(found, least))
    return `The server is ${server}: retries and dead letters need at least RabbitMQ ${least.join('.')}. Upgrade it.`;
  if (allowUnverified || !isBelow(found, tested)) return undefined;
  return `The server is ${server}, and this library was tested with RabbitMQ ${tested.join('.')} and later. ${allow}`;
}

/**
 * Whether a consumer may be cancelled though its queue is there.
 * @see https://www.rabbitmq.com/docs/consumers#acknowledgement-timeout
 */
export function cancelsAtTimeout({ version }: Pick<ServerProperties, 'version'>): boolean {
  const found = numbersOf(version);
  return found !== undefined && !isBelow(found, cancelling);
}

function numbersOf(version: unknown): readonly [number, number] | undefined {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(String(version)) ?? [];
  return major === undefined || minor === undefined ? undefined : [Number(major), Number(minor)];
}

function isBelow(
  [major, minor]: readonly [number, number],
  [leastMajor, leastMinor]: readonly [number, number],
): boolean {
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}
