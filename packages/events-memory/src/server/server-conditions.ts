/** What is wrong with the server itself. */
export interface ServerConditions {
  /** Accepts connections. Stopped, it keeps what it stores. */
  running: boolean;
  /** Does nothing at all; its connections stay open. */
  paused: boolean;
  /** Milliseconds each way. */
  latencyMs: number;
  lostSendReplies: number;
  refusal: { readonly reason: 'full' | 'forbidden' | 'unroutable' | 'other'; readonly retryable: boolean } | undefined;
  deadLettersFail: boolean;
  settlementsFail: boolean;
}

export function createServerConditions(): ServerConditions {
  return {
    running: true,
    paused: false,
    latencyMs: 0,
    lostSendReplies: 0,
    refusal: undefined,
    deadLettersFail: false,
    settlementsFail: false,
  };
}
