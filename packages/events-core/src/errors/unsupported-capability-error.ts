import type { Capabilities } from '../contract/capabilities.ts';
import { EventsError } from './events-error.ts';

/** Something was asked for that this broker cannot promise. */
export class UnsupportedCapabilityError extends EventsError {
  static readonly code = 'EVENTS_UNSUPPORTED';
  readonly code = UnsupportedCapabilityError.code;
  readonly capability: keyof Capabilities;

  constructor(message: string, capability: keyof Capabilities) {
    super(message, { retryable: false });
    this.capability = capability;
  }
}
