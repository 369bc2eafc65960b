import { setImmediate } from 'node:timers';
import { SendError, type OutgoingMessage, type SendReceipt } from '@payments/events-core';
import type { Connection } from './connection.ts';
import type { Live } from './dial.ts';
import { abortedSend, toSendError } from './errors.ts';
import { sizeOf, toWire } from './mapping.ts';

export interface Producer {
  send(message: OutgoingMessage, options: { readonly signal: AbortSignal }): Promise<SendReceipt>;
  /** Resolves when no send is open; at abort those that are end without an answer. */
  drain(signal: AbortSignal): Promise<void>;
}

/** A loop that only ever awaits sends would keep timers and sockets from running. */
const sendsPerTurn = 1_000;

export function createProducer(connection: Connection, maxMessageBytes: number): Producer {
  const open = new Set<{ readonly done: Promise<unknown>; readonly abort: () => void }>();
  let sentThisTurn = 0;
  /** Whoever sends more than a turn allows gets its answer in the next one. */
  let nextTurn: Promise<void> | undefined;

  /** Nothing is in the way: the server answers at once. */
  function sendNow({ session }: Live, message: OutgoingMessage): Promise<SendReceipt> {
    try {
      const receipt = session.send(toWire(message));
      sentThisTurn += 1;
      if (sentThisTurn < sendsPerTurn) return Promise.resolve(receipt);
      nextTurn ??= new Promise((resolve) => {
        setImmediate(() => {
          sentThisTurn = 0;
          nextTurn = undefined;
          resolve();
        });
      });
      return nextTurn.then(() => receipt);
    } catch (error) {
      return Promise.reject(toSendError(error, message));
    }
  }

  function sendLater(message: OutgoingMessage, signal: AbortSignal): Promise<SendReceipt> {
    // Copied now: what is on the way outlives the call when nobody answers in time.
    const content = toWire(message);
    const { promise, resolve, reject } = Promise.withResolvers<SendReceipt>();
    let written = false;
    const takeBack = connection.whenLive(({ session, wire }) => {
      written = true;
      wire
        .call(() => session.send(content), 'send')
        .then(resolve, (error: unknown) => reject(toSendError(error, content)));
    });
    const abort = () => {
      takeBack();
      reject(abortedSend(content, written));
    };
    signal.addEventListener('abort', abort, { once: true });
    const sending = { done: promise, abort };
    open.add(sending);
    return promise.finally(() => {
      signal.removeEventListener('abort', abort);
      open.delete(sending);
    });
  }

  return {
    send(message, { signal }) {
      if (isTooLarge(message, maxMessageBytes)) {
        const size = `${sizeOf(message)} bytes of body and headers, and ${maxMessageBytes} are allowed`;
        return Promise.reject(
          new SendError(`${message.type} ${message.id} is too large: ${size}.`, {
            outcome: 'rejected',
            reason: 'too-large',
            retryable: false,
          }),
        );
      }
      if (signal.aborted) return Promise.reject(abortedSend(message, false));
      const { live } = connection;
      return live?.wire.clear === true ? sendNow(live, message) : sendLater(message, signal);
    },
    async drain(signal) {
      const abort = () => {
        for (const sending of open) sending.abort();
      };
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
      await Promise.allSettled([...open].map(({ done }) => done));
      signal.removeEventListener('abort', abort);
    },
  };
}

/** Counts bytes only when the characters could be too many: one is at most three bytes. */
function isTooLarge(message: OutgoingMessage, most: number): boolean {
  let atMost = message.body.byteLength;
  for (const name in message.headers) atMost += 3 * (name.length + (message.headers[name]?.length ?? 0));
  return atMost > most && sizeOf(message) > most;
}
