import { randomUUID } from 'node:crypto';
import { connectionOf, type Borrower } from '../broker/connection.ts';
import { jsonCodec } from '../codec/json-codec.ts';
import { headersOf } from '../codec/headers.ts';
import type { OutgoingMessage, SendReceipt } from '../contract/message.ts';
import { ClosedError } from '../errors/closed-error.ts';
import { PublishRejectedError } from '../errors/publish-rejected-error.ts';
import type { PreparedEvent } from '../events/event.ts';
import type { EventDefinitions } from '../events/event-definition.ts';
import type { PaymentEvents } from '../events/event-types.ts';
import { paymentEvents } from '../events/payment-events.ts';
import { createCallOrder } from './call-order.ts';
import { prepare, type EventDraft } from './prepare.ts';
import { resolvePublishLimits, type PublisherOptions } from './publish-options.ts';
import type { Publisher, PublishOptions, PublishReceipt } from './publisher.ts';
import { sendUntil, type SendPlan } from './send-until.ts';
import { byteLength, checkSize } from './size.ts';
import { createTrySignals } from './try-signals.ts';
import { createWindow } from './window.ts';

/**
 * A publisher on a broker. Cheap; one per `source` is usual. Close it, or its broker, before the process ends.
 * @throws {ConfigurationError} for an option outside its range.
 */
export function createPublisher<M = PaymentEvents>(options: PublisherOptions<M>): Publisher<M> {
  const limits = resolvePublishLimits(options);
  const connection = connectionOf(options.broker);
  const { adapter, runtime } = connection;
  const { clock } = runtime;
  const codec = options.codec ?? jsonCodec;
  const events = (options.events ?? paymentEvents) as EventDefinitions;
  const preparation = { events, source: options.source, clock };
  const callOrder = createCallOrder({ preparation, clock, working: connection.working });
  const window = createWindow({ size: limits.window, maxWaitingBytes: limits.maxWaitingBytes, clock });
  // Half the time for a try leaves room for a second one under the same id when an answer is lost.
  const tryTimeoutMs = limits.publishTimeoutMs / 2;
  const plan: SendPlan = { adapter, runtime, tryTimeoutMs, takeSignal: createTrySignals(clock, tryTimeoutMs) };
  const closed = new AbortController();
  let connecting: Promise<void> | undefined;
  let open = 0;
  let whenSettled: (() => void) | undefined;
  let closing: Promise<void> | undefined;

  const borrower: Borrower = { kind: 'publisher', close: () => close() };
  connection.borrow(borrower);

  function connect(): void {
    connecting ??= connection.ready(closed.signal).then(window.open, (error: unknown) => {
      // An adapter gives up only on what waiting cannot mend. The next publish asks it again.
      connecting = undefined;
      window.rejectAll(error);
    });
  }

  async function sendEvent(
    event: PreparedEvent,
    due: number,
    extra: PublishOptions['headers'],
  ): Promise<PublishReceipt> {
    const message = encode(event, extra);
    connect();
    if (!window.tryEnter()) await enter(message, due);
    let receipt: SendReceipt;
    try {
      checkSize(message, adapter.maxMessageBytes(), 'the broker');
      receipt = await sendUntil(plan, message, due);
    } finally {
      window.leave();
    }
    return { id: event.id, ...receipt };
  }

  function encode(event: PreparedEvent, extra: PublishOptions['headers']): OutgoingMessage {
    const body = codec.encode(event);
    const headers = headersOf(event, { contentType: codec.contentType, traceparent: traceparent(), extra });
    const message = {
      id: event.id,
      type: event.type,
      headers,
      body,
      ...(event.key === undefined ? {} : { key: event.key }),
    };
    checkSize({ ...message, headers: {} }, limits.maxBodyBytes, 'maxBodyBytes');
    return message;
  }

  function traceparent(): string | undefined {
    try {
      return options.traceparent?.();
    } catch {
      // Tracing must not stop a payment.
      return undefined;
    }
  }

  async function enter(message: OutgoingMessage, due: number): Promise<void> {
    const { id, type } = message;
    const place = window.wait(byteLength(message), due);
    const outcome = place === undefined ? 'full' : await place;
    if (outcome === 'entered') return;
    throw new PublishRejectedError(
      outcome === 'full'
        ? `Event ${id} (${type}) was not sent: ${limits.maxWaitingBytes} bytes of events wait to be published already. Await publish(), or raise maxWaitingBytes.`
        : `Event ${id} (${type}) was not sent: no place in the window within ${limits.publishTimeoutMs} ms. The broker is away or slower than the publisher.`,
      { id, type, tries: 0, reason: outcome === 'full' ? 'window-full' : 'disconnected', retryable: true },
    );
  }

  async function publishDraft(draft: EventDraft, headers: PublishOptions['headers']): Promise<PublishReceipt> {
    if (closing !== undefined) throw new ClosedError('This publisher is closed: nothing was sent.');
    open += 1;
    try {
      const due = clock.now() + limits.publishTimeoutMs;
      return await callOrder.run(draft, due, (event) => sendEvent(event, due, headers));
    } finally {
      open -= 1;
      if (open === 0) whenSettled?.();
    }
  }

  async function shutDown(): Promise<void> {
    if (open > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      whenSettled = resolve;
      await promise;
    }
    closed.abort(new ClosedError('The publisher was closed.'));
    await connection.giveBack(borrower);
  }

  const close = (): Promise<void> => (closing ??= shutDown());

  return {
    publish(first: string | PreparedEvent, data?: unknown, given?: PublishOptions) {
      if (typeof first === 'object' && first !== null) {
        return publishDraft(draftOf(first), copyOf((data as PublishOptions | undefined)?.headers));
      }
      const { headers, id = randomUUID(), ...rest } = given ?? {};
      return publishDraft({ id, type: first, data, options: rest }, copyOf(headers));
    },
    async prepare(type: string, data: unknown, { id = randomUUID(), ...rest }: PublishOptions = {}) {
      const event = prepare(preparation, { id, type, data, options: rest });
      // A copy: what the caller does to its data afterwards must not change what was validated.
      return JSON.parse(JSON.stringify(event instanceof Promise ? await event : event));
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function draftOf({ id, type, data, key, time, source }: PreparedEvent): EventDraft {
  return { id, type, data, source, options: { time: new Date(time), ...(key === undefined ? {} : { key }) } };
}

function copyOf(headers: PublishOptions['headers']): PublishOptions['headers'] {
  return headers === undefined ? undefined : { ...headers };
}
