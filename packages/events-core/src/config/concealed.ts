import { inspect } from 'node:util';
import { redact } from '../errors/redact.ts';
import type { MessagingConfig } from './messaging-config.ts';

const secretKeys: ReadonlySet<string> = new Set(['password', 'token']);

/** Freezes the section and lets it show no secret to a log line: neither by `console.log` nor by `JSON.stringify`. */
export function concealed(messaging: MessagingConfig): MessagingConfig {
  const shown = () =>
    Object.fromEntries(
      Object.entries(messaging).map(([key, value]) => {
        if (secretKeys.has(key)) return [key, '***'];
        return [key, key === 'url' ? redact(String(value)) : value];
      }),
    );
  Object.defineProperties(messaging, { toJSON: { value: shown }, [inspect.custom]: { value: shown } });
  if ('tls' in messaging) Object.freeze(messaging.tls);
  return Object.freeze(messaging);
}
