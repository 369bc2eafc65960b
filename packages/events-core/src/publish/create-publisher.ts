import { randomUUID } from 'node:crypto';
import { connectionOf, type Borrower } from '../connection/connection.ts';
import { jsonCodec } from '../codec/json-codec.ts';
import { headersOf } from '../codec/headers.ts';
import type { OutgoingMessage } from '../contract/message.ts';
import { ClosedError } from '../errors/closed-error.ts';
import { PublishRejectedError } from '../errors/publish-rejected-error.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { suggestion } from '../errors/suggestion.ts';
import type { PreparedEvent } from '../events/event.ts';
import type { EventDefinitions } from '../events/event-definition.ts';
import type { PaymentEvents } from '../events/event-types.ts';
import { paymentEvents } from '../events/payment-events.ts';
import { ignoreRejection } from '../ports/ignore-rejection.ts';
import { createCallOrder } from './call-order.ts';
import { prepare, type EventDraft } from './prepare.ts';
import { resolvePublishLimits, type PublisherOptions } from './publish-options.ts';
import type { Publisher, PublishOptions, PublishReceipt } from './publisher.ts';
import { createSendUntil } from './send-until.ts';
import { byteLength, checkSize } from './size.ts';
import { createWindow } from './window.ts';

/** What a waiting publish holds besides its event: promises, the frames of its calls, its headers as strings. */
const waitingOverheadBytes = 2_048;

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
  const sendUntil = createSendUntil({ adapter, runtime, tryTimeoutMs, ended: window.leave });
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

  function sendEvent(event: PreparedEvent, due: number, extra: PublishOptions['headers']): Promise<PublishReceipt> {
    const message = encode(event, extra);
    connect();
    return window.tryEnter() ? sendEntered(message, due) : enter(message, due).then(() => sendEntered(message, due));
  }

  function sendEntered(message: OutgoingMessage, due: number): Promise<PublishReceipt> {
    try {
      checkSize(message, adapter.maxMessageBytes(), 'the broker');
    } catch (error) {
      window.leave();
      throw error;
    }
    return sendUntil(message, due);
  }

  function encode(event: PreparedEvent, extra: PublishOptions['headers']): OutgoingMessage {
    const body = codec.encode(event);
    const headers = headersOf(event, { contentType: codec.contentType, traceparent: traceparent(), extra });
    const { id, type, key } = event;
    const message = key === undefined ? { id, type, headers, body } : { id, type, key, headers, body };
    if (body.byteLength > limits.maxBodyBytes)
      checkSize({ ...message, headers: {} }, limits.maxBodyBytes, 'maxBodyBytes');
    return message;
  }

  function traceparent(): string | undefined {
    try {
      const parent: unknown = options.traceparent?.();
      if (typeof parent === 'string') return parent;
      // An asynchronous tracer would be too late: its promise is no trace context.
      ignoreRejection(parent);
      return undefined;
    } catch {
      // Tracing must not stop a payment.
      return undefined;
    }
  }

  async function enter(message: OutgoingMessage, due: number): Promise<void> {
    const { id, type } = message;
    const place = window.wait(byteLength(message) + waitingOverheadBytes, due);
    const outcome = place === undefined ? 'full' : await place;
    if (outcome === 'entered') return;
    throw new PublishRejectedError(
      outcome === 'full'
        ? `Event ${id} (${type}) was not sent: ${limits.maxWaitingBytes} bytes of events wait to be published already. Await publish(), or raise maxWaitingBytes.`
        : `Event ${id} (${type}) was not sent: no place in the window within ${limits.publishTimeoutMs} ms. The broker is away or slower than the publisher.`,
      { id, type, tries: 0, reason: outcome === 'full' ? 'window-full' : 'disconnected', retryable: true },
    );
  }

  function publishDraft(draft: EventDraft, headers: PublishOptions['headers']): Promise<PublishReceipt> {
    if (closing !== undefined) return Promise.reject(new ClosedError('This publisher is closed: nothing was sent.'));
    let receipt: Promise<PublishReceipt>;
    try {
      const due = clock.elapsed() + limits.publishTimeoutMs;
      receipt = callOrder.run(draft, due, (event) => sendEvent(event, due, headers));
    } catch (error) {
      return Promise.reject(error);
    }
    open += 1;
    receipt.then(settledOne, settledOne);
    return receipt;
  }

  function settledOne(): void {
    open -= 1;
    if (open === 0) whenSettled?.();
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
        if (first.id === undefined) return Promise.reject(notPrepared(first));
        return publishDraft(draftOf(first), copyOf((data as PublishOptions | undefined)?.headers));
      }
      const options = given ?? {};
      for (const name in options) if (!optionNames.includes(name)) return Promise.reject(unknownOption(first, name));
      const id = options.id ?? randomUUID();
      return publishDraft({ id, type: first, data, options }, copyOf(options.headers));
    },
    async prepare(type: string, data: unknown, options: PublishOptions = {}) {
      const event = prepare(preparation, { id: options.id ?? randomUUID(), type, data, options });
      // A copy: what the caller does to its data afterwards must not change what was validated.
      return JSON.parse(JSON.stringify(event instanceof Promise ? await event : event));
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

const optionNames: readonly string[] = ['id', 'key', 'time', 'headers'] satisfies (keyof PublishOptions)[];

function unknownOption(type: string, name: string): InvalidEventError {
  const shown = JSON.stringify(name.slice(0, 100));
  const message = `${String(type).slice(0, 200)} cannot be published: there is no option ${shown}.${suggestion(name, optionNames)}`;
  return new InvalidEventError(message, type, [{ path: `options.${name.slice(0, 100)}`, message: 'is not known' }]);
}

function notPrepared({ type }: Partial<PreparedEvent>): InvalidEventError {
  return new InvalidEventError(
    'publish() takes (type, data), or what prepare() returned. This object has no id: call publish(event.type, event.data).',
    String(type).slice(0, 200),
    [{ path: 'id', message: 'is missing' }],
  );
}

function draftOf({ id, type, data, key, time, source }: PreparedEvent): EventDraft {
  return { id, type, data, source, options: { time: new Date(time), ...(key === undefined ? {} : { key }) } };
}

function copyOf(headers: PublishOptions['headers']): PublishOptions['headers'] {
  return headers === undefined ? undefined : { ...headers };
}
