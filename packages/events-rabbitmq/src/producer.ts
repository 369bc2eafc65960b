import { aborted, type OutgoingMessage, SendError, type SendReceipt } from '@payments/events-core';
import type { Message } from 'amqplib';
import { CopyError, type Copies } from './publishing/copies.ts';
import { named, outcomeError, replyText, tooLarge } from './errors.ts';
import { createLane, type LanePlace } from './publishing/lane.ts';
import { maxHeaderBytes, maxMessageBytes } from './limits.ts';
import { idOf, toNative, type NativeMessage } from './mapping.ts';
import type { Outcome, Posting } from './publishing/posting.ts';
import { unroutedQueue } from './topology.ts';
import type { Settings } from './settings.ts';

export interface Producer {
  send(message: OutgoingMessage, options: { readonly signal: AbortSignal }): Promise<SendReceipt>;
  /** Publishes once more what lies parked. One that no queue is bound for is not parked again. @throws {SendError} as `send` */
  republish(event: Republished, options: { readonly signal: AbortSignal }): Promise<void>;
  /** How long the broker has owed an answer, in milliseconds. */
  readonly owedMs: number;
  /** Resolves when no send is open; at abort those that are end without an answer. */
  drain(signal: AbortSignal): Promise<void>;
  /** The broker's word, while it lets nothing be published for want of a permission. */
  readonly forbidden: string | undefined;
  /** After `drain`. */
  close(signal: AbortSignal): Promise<void>;
}

/** As it was published at first. What another library has sent may have no id. */
interface Republished extends NativeMessage {
  readonly id: string | undefined;
}

interface EventPosting extends Posting<EventPosting> {
  readonly id: string | undefined;
  readonly type: string;
  readonly unroutable: Settings['unroutable'];
  readonly resolve: (receipt: SendReceipt) => void;
  readonly reject: (error: SendError) => void;
}

type EventToPost = Pick<EventPosting, 'native' | 'id' | 'type' | 'signal' | 'unroutable'>;

export interface ProducerOptions {
  readonly place: LanePlace;
  readonly settings: Settings;
  readonly copies: Copies;
  readonly progressed: () => void;
  /** Declares the exchange again. */
  readonly repair: () => Promise<void>;
}

/**
 * With fewer on the way the broker confirms in smaller batches, and each costs more. With more nothing is quicker, and more is
 * unknown when the connection is lost.
 */
const maxMessages = 500;
const maxBytes = 8 * 1024 * 1024;

const stored: SendReceipt = Object.freeze({ duplicate: false });
const parked: SendReceipt = Object.freeze({ position: 'unrouted', duplicate: false });

export function createProducer({ place, settings, copies, progressed, repair }: ProducerOptions): Producer {
  const { exchange, unroutable, queuePrefix } = settings;
  let forbidden: string | undefined;
  /** Once is enough: health counts them. */
  let warned = false;
  /** Events that no queue was bound for, on their way to the queue for those. */
  const parking = new Set<Promise<void>>();

  const lane = createLane<EventPosting>(place, { maxMessages, maxBytes, settled, isReturned, progressed, repair });

  function settled(posting: EventPosting, outcome: Outcome): void {
    forbidden = outcome.kind === 'forbidden' ? replyText(outcome.error) : undefined;
    if (outcome.kind === 'accepted') posting.resolve(stored);
    else if (outcome.kind === 'returned' && posting.unroutable === 'park') keep(posting);
    else posting.reject(outcomeError(posting, outcome, place.link));
  }

  /**
   * By a copy, because the exchange may have been made without an alternate one, and cannot be given one.
   */
  function keep(posting: EventPosting): void {
    if (!warned) {
      warned = true;
      const text = `no group is bound for ${posting.type}: it is parked in "${unroutedQueue(queuePrefix)}", as others may be after it`;
      place.runtime.logger.warn({ system: 'rabbitmq', id: posting.id }, text);
    }
    const done = park(posting).finally(() => parking.delete(done));
    parking.add(done);
  }

  async function park(posting: EventPosting): Promise<void> {
    const queue = unroutedQueue(queuePrefix);
    const { content, properties } = posting.native;
    for (let tries = 1; ; tries += 1) {
      try {
        await copies.store(queue, { content, properties }, posting.signal);
        return posting.resolve(parked);
      } catch (error) {
        const missing = error instanceof CopyError && error.reason === 'unroutable';
        if (!missing || tries > 1 || !(await repaired())) return posting.reject(parkingError(posting, error));
      }
    }
  }

  const repaired = () =>
    repair().then(
      () => true,
      () => false,
    );

  function post({ native, id, type, signal, unroutable: fate }: EventToPost): Promise<SendReceipt> {
    return new Promise((resolve, reject) => {
      lane.post({
        exchange,
        native,
        bytes: native.content.length,
        signal,
        id,
        type,
        unroutable: fate,
        resolve,
        reject,
        stage: 'waiting',
        writtenAt: 0,
        returned: false,
        previous: undefined,
        next: undefined,
      });
    });
  }

  return {
    send(message, { signal }) {
      const problem = sizeProblem(message);
      if (problem !== undefined) return Promise.reject(tooLarge(message, problem));
      if (signal.aborted) return Promise.reject(outcomeError(message, { kind: 'aborted', written: false }, place.link));
      const { id, type } = message;
      let native: NativeMessage;
      try {
        native = toNative(message);
      } catch (error) {
        return Promise.reject(outcomeError(message, { kind: 'invalid', error }));
      }
      return post({ native, id, type, signal, unroutable });
    },
    async republish({ id, ...native }, { signal }) {
      const type = native.routingKey;
      if (signal.aborted) throw outcomeError({ id, type }, { kind: 'aborted', written: false }, place.link);
      await post({ native, id, type, signal, unroutable: 'error' });
    },
    get owedMs() {
      return lane.owedMs;
    },
    get forbidden() {
      return forbidden;
    },
    async drain(signal) {
      await lane.drain(signal);
      // Their copies end with the lane of copies, which is drained after this one.
      await Promise.race([Promise.all(parking), aborted(signal)]);
    },
    close: lane.close,
  };
}

/**
 * The same id may be on the way twice, after a try that was given up: whichever is meant, the same event is stored or
 * returned as often. So may the same bytes of an event without an id.
 */
function isReturned({ id, native }: EventPosting, message: Message): boolean {
  if (idOf(message) !== id) return false;
  return (
    id !== undefined || (native.routingKey === message.fields.routingKey && native.content.equals(message.content))
  );
}

function parkingError(posting: EventPosting, error: unknown): SendError {
  if (!(error instanceof CopyError)) return outcomeError(posting, { kind: 'aborted', written: true });
  if (error.reason === 'lost') return outcomeError(posting, { kind: 'lost', error });
  return new SendError(`No queue is bound for ${named(posting)}, and it could not be parked: ${error.message}`, {
    outcome: 'rejected',
    reason: error.reason,
    retryable: true,
    cause: error,
  });
}

function sizeProblem({ headers, body }: OutgoingMessage): string | undefined {
  let atMost = 0;
  for (const name in headers) atMost += name.length + 3 * (headers[name]?.length ?? 0);
  if (atMost <= maxHeaderBytes && atMost + body.byteLength <= maxMessageBytes) return undefined;
  let bytes = 0;
  for (const name in headers) bytes += name.length + Buffer.byteLength(headers[name] ?? '');
  if (bytes > maxHeaderBytes) return `${bytes} bytes of headers, and ${maxHeaderBytes} are allowed`;
  const total = bytes + body.byteLength;
  return total > maxMessageBytes ? `${total} bytes of body and headers, and ${maxMessageBytes} are allowed` : undefined;
}
