import type { OutgoingMessage, SendReceipt } from '../contract/message.ts';
import type { AdapterRuntime } from '../contract/runtime.ts';
import type { BrokerAdapter } from '../contract/adapter.ts';
import { PublishOutcomeUnknownError } from '../errors/publish-outcome-unknown-error.ts';
import { PublishRejectedError } from '../errors/publish-rejected-error.ts';
import { SendError } from '../errors/send-error.ts';
import { describeError } from '../errors/describe-error.ts';
import { wait } from '../ports/wait.ts';
import type { TrySignal } from './try-signals.ts';

export interface SendPlan {
  readonly adapter: Pick<BrokerAdapter, 'send'>;
  readonly runtime: Pick<AdapterRuntime, 'clock' | 'random'>;
  /** A try gives up when no answer came within this time; the next uses the same id. */
  readonly tryTimeoutMs: number;
  readonly takeSignal: () => TrySignal;
}

const firstPauseMs = 50;
const longestPauseMs = 2_000;

/**
 * Sends a message, again under the same id after a failure that may pass, until it is accepted, refused for good, or
 * `due`. Once any try was unknown the result is accepted or unknown, never rejected: the broker may hold the event.
 * @throws {PublishRejectedError}
 * @throws {PublishOutcomeUnknownError}
 */
export async function sendUntil(plan: SendPlan, message: OutgoingMessage, due: number): Promise<SendReceipt> {
  const { clock } = plan.runtime;
  let unknown = false;
  for (let tries = 1; ; tries += 1) {
    const signal = trySignal(plan, due, tries);
    try {
      return await plan.adapter.send(message, { signal: signal.signal });
    } catch (thrown) {
      // An adapter that throws anything else has not said that the broker refused.
      const outcome = SendError.isInstance(thrown) ? thrown.outcome : 'unknown';
      const retryable = SendError.isInstance(thrown) ? thrown.retryable || outcome === 'unknown' : true;
      unknown ||= outcome === 'unknown';
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (tries - 1)) * (0.5 + plan.runtime.random() / 2);
      if (!retryable || clock.now() + pauseMs >= due) throw settle(message, tries, unknown, thrown);
      await wait(clock, pauseMs);
    } finally {
      signal.done();
    }
  }
}

function trySignal({ runtime: { clock }, takeSignal, tryTimeoutMs }: SendPlan, due: number, tries: number): TrySignal {
  const left = due - clock.now();
  if (tries === 1 && left >= tryTimeoutMs) return takeSignal();
  const controller = new AbortController();
  const done = clock.schedule(Math.max(0, Math.min(left, tryTimeoutMs)), () => controller.abort());
  return { signal: controller.signal, done };
}

function settle(message: OutgoingMessage, tries: number, unknown: boolean, cause: unknown): Error {
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
