import type { SubscriptionSpec } from '@payments/events-core';
import type { Settings } from '../settings.ts';

/** What a group's coordinator is told, in milliseconds. */
export interface ConsumerTimes {
  /** Without a heartbeat for so long a member is expelled. */
  readonly sessionMs: number;
  readonly heartbeatMs: number;
  /** So long the others wait for a member that is to join again. */
  readonly rebalanceMs: number;
  /** So long handlers that run are waited for before it joins again. */
  readonly finishMs: number;
  /** Without an answer to a fetch for so long something is wrong. */
  readonly silenceMs: number;
}

/** Where nobody says how long handlers may run. */
const usualHandlerMs = 60_000;
const longestHeartbeatMs = 3_000;
const leastSilenceMs = 15_000;

export function consumerTimes(
  { sessionTimeoutMs, requestTimeoutMs }: Pick<Settings, 'sessionTimeoutMs' | 'requestTimeoutMs'>,
  { handlerTimeoutMs = usualHandlerMs }: Pick<SubscriptionSpec, 'handlerTimeoutMs'>,
): ConsumerTimes {
  return {
    sessionMs: sessionTimeoutMs,
    heartbeatMs: Math.min(longestHeartbeatMs, Math.floor(sessionTimeoutMs / 4)),
    rebalanceMs: handlerTimeoutMs + 15_000,
    finishMs: handlerTimeoutMs + 5_000,
    silenceMs: Math.max(leastSilenceMs, 3 * requestTimeoutMs),
  };
}
