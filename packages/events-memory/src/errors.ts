import {
  BrokerUnavailableError,
  ConfigurationError,
  DeadLetterStoreBusyError,
  SendError,
  type EventsError,
  type SendFailureReason,
} from '@payments/events-core';
import { Refusal } from './server/refusal.ts';
import { WireClosed } from './server/wire.ts';

/** What a request other than a send failed with, as an error of core's. */
export function toEventsError(error: unknown): unknown {
  if (error instanceof WireClosed) return new BrokerUnavailableError(error.message, { cause: error });
  if (!(error instanceof Refusal)) return error;
  switch (error.code) {
    case 'group-differs':
    case 'group-unknown':
      return new ConfigurationError(error.message, 'group', { cause: error });
    case 'dead-letters-busy':
      return new DeadLetterStoreBusyError(error.message);
    default:
      return new BrokerUnavailableError(error.message, { cause: error });
  }
}

const sendReasons: ReadonlySet<string> = new Set<SendFailureReason>(['full', 'forbidden', 'unroutable', 'other']);

/** What a send failed with. Only the server's own words mean that the message is not stored. */
export function toSendError(error: unknown, message: { readonly type: string; readonly id: string }): EventsError {
  const what = `${message.type} ${message.id}`;
  if (error instanceof Refusal) {
    const reason = sendReasons.has(error.code) ? (error.code as SendFailureReason) : 'disconnected';
    return new SendError(`${what} was refused. ${error.message}`, {
      outcome: 'rejected',
      reason,
      retryable: error.retryable,
      cause: error,
    });
  }
  return new SendError(`${what} was sent, and the connection was lost before the answer came.`, {
    outcome: 'unknown',
    reason: 'disconnected',
    retryable: true,
    cause: error,
  });
}

/** The signal aborted. Before a byte was written nothing can be stored; afterwards nobody knows. */
export function abortedSend(message: { readonly type: string; readonly id: string }, written: boolean): EventsError {
  const what = `${message.type} ${message.id}`;
  return written
    ? new SendError(`${what} was sent, and no answer came in time.`, {
        outcome: 'unknown',
        reason: 'timeout',
        retryable: true,
      })
    : new SendError(`${what} was not sent: there was no connection to the memory broker in time.`, {
        outcome: 'rejected',
        reason: 'disconnected',
        retryable: true,
      });
}
