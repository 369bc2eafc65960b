import type { Settlement } from '../contract/delivery.ts';
import { describeError, type ErrorDescription } from '../errors/describe-error.ts';
import { NonRetryableError } from '../errors/non-retryable-error.ts';
import { redact } from '../errors/redact.ts';
import { notesAfterFailure, writeNotes, type DeliveryNotes } from './delivery-notes.ts';
import { jitteredDelayAfter, type RetryPolicy } from './retry-policy.ts';
import type { Outcome } from './run-attempt.ts';

/** Why core dead-letters of its own accord; a handler's own reason stands beside these. */
export type DeadLetterReason =
  | 'attempts-exhausted'
  | 'non-retryable'
  | 'crash-loop'
  | 'undecodable'
  | 'invalid-envelope'
  | 'inexact-number'
  | 'invalid-data'
  | 'unknown-type'
  | 'foreign-amounts'
  /** A bug in this library, or in a codec or a definition it was given. */
  | 'internal-error';

export interface SettlementRules {
  readonly policy: RetryPolicy;
  readonly random: () => number;
  readonly now: () => number;
}

/** How long an event waits that somebody else is handling. */
export const busyDelayMs = 1_000;
const longestReason = 200;
const ack: Settlement = { kind: 'ack' };

/** From the end of an attempt to the fate of the delivery. Pure but for jitter and time. */
export function settle(outcome: Outcome, notes: DeliveryNotes, rules: SettlementRules): Settlement {
  switch (outcome.kind) {
    case 'succeeded':
    case 'duplicate':
      return ack;
    case 'abandoned':
      return { kind: 'release' };
    case 'invalid':
      return deadLetterNow('invalid-data', outcome.error, notes, rules);
    case 'busy':
      return { kind: 'retry', delayMs: busyDelayMs, state: writeNotes(notes) };
    case 'failed': {
      const reason = NonRetryableError.isInstance(outcome.error) ? 'non-retryable' : undefined;
      return afterFailure(describeError(outcome.error), notes, rules, reason === undefined ? {} : { reason });
    }
    case 'decided': {
      const { decision } = outcome;
      const text = cutReason(decision.reason ?? 'the handler asked for a retry');
      const error = { name: decision.kind === 'retry' ? 'Retry' : 'DeadLetter', text };
      if (decision.kind === 'deadLetter') return afterFailure(error, notes, rules, { reason: text });
      return afterFailure(error, notes, rules, decision.delayMs === undefined ? {} : { delayMs: decision.delayMs });
    }
  }
}

/** A dead letter for a message that no attempt can help. Counts as an attempt. */
export function deadLetterNow(
  reason: DeadLetterReason,
  error: unknown,
  notes: DeliveryNotes,
  rules: SettlementRules,
): Settlement {
  return afterFailure(describeError(error), notes, rules, { reason });
}

function afterFailure(
  error: ErrorDescription,
  notes: DeliveryNotes,
  { policy, random, now }: SettlementRules,
  { reason, delayMs }: { readonly reason?: string; readonly delayMs?: number },
): Settlement {
  const after = notesAfterFailure(notes, error, new Date(now()));
  const state = writeNotes(after);
  if (reason !== undefined) return { kind: 'deadLetter', reason, state };
  if (after.attempts >= policy.maxAttempts) return { kind: 'deadLetter', reason: 'attempts-exhausted', state };
  return { kind: 'retry', delayMs: delayMs ?? jitteredDelayAfter(policy, after.attempts, random), state };
}

/** A reason becomes a header and a line in lists: short, in one line, without credentials. */
function cutReason(reason: string): string {
  const line = redact(reason)
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  return line.slice(0, longestReason).toWellFormed() || 'unspecified';
}
