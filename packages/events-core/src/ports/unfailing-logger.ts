import type { Logger } from '../contract/runtime.ts';
import { ignoreRejection } from './ignore-rejection.ts';

/** A logger that never throws, because nothing that is said may cost an event. What the given one throws or rejects with is dropped. */
export function unfailing(logger: Logger): Logger {
  const say = (level: keyof Logger) => (details: object, message: string) => {
    try {
      ignoreRejection(logger[level](details, message));
    } catch {
      // There is nobody left to tell.
    }
  };
  return { info: say('info'), warn: say('warn'), error: say('error') };
}
