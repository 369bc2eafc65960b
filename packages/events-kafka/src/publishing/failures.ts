import { reasonOf } from '../errors.ts';
import type { Settings } from '../settings.ts';
import type { Failure } from './posting.ts';

export const notAnswered: Failure = {
  outcome: 'unknown',
  reason: 'timeout',
  retryable: true,
  said: 'was sent, and Kafka has not answered in time.',
};

interface Waiting {
  /** Why the last send to the same partition brought no answer. */
  readonly obstacle: Failure | undefined;
  readonly settings: Pick<Settings, 'brokers' | 'login' | 'tls'>;
}

/** Nobody waits for it any longer. */
export function notSent(
  { connected, lastError }: { readonly connected: boolean; readonly lastError: unknown },
  { obstacle, settings }: Waiting,
): Failure {
  const cause = connected ? obstacle?.cause : lastError;
  const state = connected
    ? 'others were before it, or Kafka has not said where it goes.'
    : 'there was no connection to Kafka.';
  const why = cause === undefined ? '' : ` The last reason: ${reasonOf(cause, settings)}.`;
  return { outcome: 'rejected', reason: 'disconnected', retryable: true, said: `was not sent: ${state}${why}`, cause };
}

/** Kafka does not let anybody in with these credentials, or this certificate. */
export function forbidden(refusal: Error): Failure {
  const said = `was not sent: ${refusal.message}`;
  return { outcome: 'rejected', reason: 'forbidden', retryable: false, said, cause: refusal };
}
