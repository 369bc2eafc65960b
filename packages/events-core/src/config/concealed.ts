import { inspect } from 'node:util';
import { readConnectionUrl } from './endpoints.ts';
import type { MessagingConfig } from './messaging-config.ts';

const secretKeys: ReadonlySet<string> = new Set(['password', 'token']);

/** Freezes the section and lets it show no secret to a log line: neither by `console.log` nor by `JSON.stringify`. */
export function concealed(messaging: MessagingConfig): MessagingConfig {
  const shown = () =>
    Object.fromEntries(
      Object.entries(messaging).map(([key, value]) => {
        if (secretKeys.has(key)) return [key, '***'];
        return [key, key === 'url' ? withoutCredentials(String(value)) : value];
      }),
    );
  Object.defineProperties(messaging, { toJSON: { value: shown }, [inspect.custom]: { value: shown } });
  if ('tls' in messaging) Object.freeze(messaging.tls);
  return Object.freeze(messaging);
}

/** Made of its parts, not of its text: no password, however odd, is part of it. */
function withoutCredentials(url: string): string {
  const { scheme, endpoints, username, password, path } = readConnectionUrl(url);
  const credentials = username === undefined && password === undefined ? '' : '***@';
  const servers = endpoints.map(({ host, port }) => (port === undefined ? host : `${host}:${port}`));
  return `${scheme}://${credentials}${servers.join(',')}${path === undefined ? '' : `/${encodeURIComponent(path)}`}`;
}
