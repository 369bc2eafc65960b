import type { BrokerAdapter } from '../contract/adapter.ts';
import type { Capabilities } from '../contract/capabilities.ts';
import type { Deliver, Delivery, Settlement } from '../contract/delivery.ts';
import type { OutgoingMessage, SendReceipt } from '../contract/message.ts';
import type { AdapterRuntime, Logger } from '../contract/runtime.ts';
import type { SubscriptionSpec } from '../contract/subscription.ts';
import { createTestClock, type TestClock } from '../ports/test-clock.test-support.ts';

/** What a test wants to happen otherwise than at once and well. */
export interface FakeAnswers {
  connect?: (signal: AbortSignal) => Promise<void>;
  send?: (message: OutgoingMessage, signal: AbortSignal) => Promise<SendReceipt>;
  subscribe?: () => Promise<void>;
  stop?: () => Promise<void>;
  close?: () => Promise<void>;
  maxMessageBytes?: number;
  capabilities?: Partial<Capabilities>;
}

/** An adapter without a broker: it writes down what core asks of it, on a clock of its own. `answers` may change at any time. */
export interface FakeAdapter extends BrokerAdapter {
  readonly clock: TestClock;
  readonly answers: FakeAnswers;
  /** `connect`, `send e1`, `subscribe ledger`, `stop ledger`, `close`, in order of their calls. */
  readonly calls: readonly string[];
  readonly sent: readonly OutgoingMessage[];
  readonly runtime: AdapterRuntime | undefined;
  readonly spec: SubscriptionSpec | undefined;
  /** Hands a delivery to the last subscription. */
  deliver(delivery: Delivery): Promise<Settlement>;
  /** The last subscription cannot go on; without an error it just ends. */
  breakDown(error?: unknown): void;
}

export const silentLogger: Logger = { info() {}, warn() {}, error() {} };

export function fakeAdapter(answers: FakeAnswers = {}): FakeAdapter {
  const calls: string[] = [];
  const sent: OutgoingMessage[] = [];
  const open = new Set<Promise<Settlement>>();
  let runtime: AdapterRuntime | undefined;
  let spec: SubscriptionSpec | undefined;
  let deliver: Deliver | undefined;
  let ended = Promise.withResolvers<void>();

  return {
    contractVersion: 1,
    system: 'fake',
    clock: createTestClock(),
    capabilities: {
      keeps: 'process-lifetime',
      unrouted: 'kept',
      history: true,
      deduplicationWindowMs: 0,
      sharing: 'message',
      keyOrder: 'one-owner-per-group',
      retryDelay: 'exact',
      maxHoldMs: null,
      ...answers.capabilities,
    },
    answers,
    calls,
    sent,
    get runtime() {
      return runtime;
    },
    get spec() {
      return spec;
    },
    async connect(lent, { signal }) {
      calls.push('connect');
      runtime = lent;
      await answers.connect?.(signal);
    },
    maxMessageBytes: () => answers.maxMessageBytes ?? 1_048_576,
    async declareGroup() {},
    async send(message, { signal }) {
      calls.push(`send ${message.id}`);
      sent.push(message);
      return (await answers.send?.(message, signal)) ?? { duplicate: false };
    },
    async subscribe(given, hand) {
      calls.push(`subscribe ${given.group}`);
      await answers.subscribe?.();
      spec = given;
      deliver = hand;
      ended = Promise.withResolvers<void>();
      const mine = ended;
      return {
        ended: mine.promise,
        async stop({ signal }) {
          calls.push(`stop ${given.group}`);
          await answers.stop?.();
          const { promise: leave, resolve } = Promise.withResolvers<void>();
          signal.addEventListener('abort', () => resolve(), { once: true });
          await Promise.race([Promise.all(open), leave]);
          mine.resolve();
        },
      };
    },
    deliver(delivery) {
      if (deliver === undefined) throw new Error('Nothing has subscribed.');
      const settling = deliver(delivery);
      open.add(settling);
      void settling.finally(() => open.delete(settling));
      return settling;
    },
    breakDown: (error) => (error === undefined ? ended.resolve() : ended.reject(error)),
    deadLetters: () => ({ sweep: async () => ({ visited: 0, complete: true }) }),
    backlog: async () => ({ waiting: 0, inFlight: 0, retrying: 0, dead: 0, exact: true }),
    health: async () => ({ status: 'up', problems: [] }),
    async close() {
      calls.push('close');
      await answers.close?.();
    },
  };
}
