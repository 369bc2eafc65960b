import type { ServerProperties } from 'amqplib';

/** Quorum queues with a time to live, and moved at least once. */
const least = [3, 10] as const;
/** With which this library was tested. */
const tested = [4, 0] as const;

/** Why this server cannot be used, if it cannot. */
export function serverProblem(
  { product, version }: Pick<ServerProperties, 'product' | 'version'>,
  allowUnverified: boolean,
): string | undefined {
  const server = `${String(product)} ${String(version)}`.slice(0, 100);
  const allow = 'Upgrade it, or set allowUnverifiedServer: true after you have tried it.';
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(String(version)) ?? [];
  if (product !== 'RabbitMQ' || major === undefined || minor === undefined)
    return allowUnverified ? undefined : `The server is ${server}, which this library was not tested with. ${allow}`;
  const found = [Number(major), Number(minor)] as const;
  if (isBelow(found, least))
    return `The server is ${server}: retries and dead letters need at least RabbitMQ ${least.join('.')}. Upgrade it.`;
  if (allowUnverified || !isBelow(found, tested)) return undefined;
  return `The server is ${server}, and this library was tested with RabbitMQ ${tested.join('.')} and later. ${allow}`;
}

function isBelow(
  [major, minor]: readonly [number, number],
  [leastMajor, leastMinor]: readonly [number, number],
): boolean {
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}
