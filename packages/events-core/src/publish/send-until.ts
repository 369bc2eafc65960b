import type { OutgoingMessage, SendReceipt } from '../contract/message.ts';
import type { AdapterRuntime } from '../contract/runtime.ts';
import type { BrokerAdapter } from '../contract/adapter.ts';
import { PublishOutcomeUnknownError } from '../errors/publish-outcome-unknown-error.ts';
import { PublishRejectedError } from '../errors/publish-rejected-error.ts';
import { SendError } from '../errors/send-error.ts';
import { describeError } from '../errors/describe-error.ts';
import { wait } from '../ports/wait.ts';
import type { PublishReceipt } from './publisher.ts';
import { createTrySignals, type OpenTry, type TrySlot } from './try-signals.ts';

export interface SendPlan {
  readonly adapter: Pick<BrokerAdapter, 'send'>;
  readonly runtime: Pick<AdapterRuntime, 'clock' | 'random'>;
  /** A try gives up when no answer came within this time; the next uses the same id. */
  readonly tryTimeoutMs: number;
  /** Called once for each message, before its promise settles. */
  readonly ended: () => void;
}

/** A message on its way. */
interface Sending extends OpenTry<Sending> {
  readonly message: OutgoingMessage;
  readonly due: number;
  readonly resolve: (receipt: PublishReceipt) => void;
  readonly reject: (error: Error) => void;
  tries: number;
  /** Whether the outcome of any try was. */
  unknown: boolean;
}

const firstPauseMs = 50;
const longestPauseMs = 2_000;

/**
 * Sends a message, again under the same id after a failure that may pass, until it is accepted, refused for good, or
 * `due`. Once any try was unknown the result is accepted or unknown, never rejected: the broker may hold the event. An
 * adapter that ignores its signals makes it late by `abortGraceMs` and no more.
 * @throws {PublishRejectedError}
 * @throws {PublishOutcomeUnknownError}
 */
export type SendUntil = (message: OutgoingMessage, due: number) => Promise<PublishReceipt>;

export function createSendUntil({ adapter, runtime: { clock, random }, tryTimeoutMs, ended }: SendPlan): SendUntil {
  const signals = createTrySignals<Sending>(clock, tryTimeoutMs, (sending) => void failed(sending, ignoredItsSignal()));

  /** Never rejects. */
  async function attempt(sending: Sending): Promise<void> {
    sending.tries += 1;
    const slot = begin(sending);
    let receipt: SendReceipt;
    try {
      receipt = await adapter.send(sending.message, { signal: slot.signal });
    } catch (thrown) {
      if (signals.leave(sending, slot)) await failed(sending, thrown);
      return;
    }
    if (!signals.leave(sending, slot)) return;
    ended();
    sending.resolve(receiptOf(sending.message, receipt));
  }

  function begin(sending: Sending): TrySlot {
    const left = sending.due - clock.elapsed();
    if (sending.tries === 1 && left >= tryTimeoutMs) return signals.join(sending);
    return signals.joinAlone(sending, Math.max(0, Math.min(left, tryTimeoutMs)));
  }

  async function failed(sending: Sending, thrown: unknown): Promise<void> {
    // An adapter that throws anything else has not said that the broker refused.
    const outcome = SendError.isInstance(thrown) ? thrown.outcome : 'unknown';
    const retryable = SendError.isInstance(thrown) ? thrown.retryable || outcome === 'unknown' : true;
    sending.unknown ||= outcome === 'unknown';
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (sending.tries - 1)) * (0.5 + random() / 2);
    if (retryable && clock.elapsed() + pauseMs < sending.due) {
      await wait(clock, pauseMs);
      void attempt(sending);
      return;
    }
    ended();
    sending.reject(failureOf(sending, thrown));
  }

  return (message, due) => {
    const { promise, resolve, reject } = Promise.withResolvers<PublishReceipt>();
    const sending: Sending = {
      message,
      due,
      resolve,
      reject,
      tries: 0,
      unknown: false,
      slot: undefined,
      previous: undefined,
      next: undefined,
    };
    void attempt(sending);
    return promise;
  };
}

function receiptOf({ id }: OutgoingMessage, { position, duplicate }: SendReceipt): PublishReceipt {
  return position === undefined ? { id, duplicate } : { id, position, duplicate };
}

function ignoredItsSignal(): SendError {
  return new SendError('the adapter has neither answered nor given up when its time was over.', {
    outcome: 'unknown',
    reason: 'timeout',
    retryable: true,
  });
}

function failureOf({ message, tries, unknown }: Sending, cause: unknown): Error {
  const what = `Event ${message.id} (${message.type})`;
  const after = tries === 1 ? 'after one try' : `after ${tries} tries`;
  const why = describeError(cause).text;
  const failure = { id: message.id, type: message.type, tries, cause };
  if (unknown) {
    return new PublishOutcomeUnknownError(
      `${what} may or may not have reached the broker ${after}: ${why} Publish it again with the same id.`,
      failure,
    );
  }
  const reason = SendError.isInstance(cause) ? cause.reason : 'other';
  const retryable = SendError.isInstance(cause) && cause.retryable;
  return new PublishRejectedError(`${what} was refused ${after}: ${why}`, { ...failure, reason, retryable });
}
