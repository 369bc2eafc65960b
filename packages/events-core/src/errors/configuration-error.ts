import { EventsError } from './events-error.ts';

/** An option, a configuration file or an existing topology is not usable as it is. */
export class ConfigurationError extends EventsError {
  static readonly code = 'EVENTS_CONFIGURATION';
  readonly code = ConfigurationError.code;
  /** Where: `messaging.url`, `consumer.group`, an environment variable's name. */
  readonly path: string;

  constructor(message: string, path: string, options?: { readonly cause?: unknown }) {
    super(message, { retryable: false, ...options });
    this.path = path;
  }
}
