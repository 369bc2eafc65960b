import { ConfigurationError, SendError, type OutgoingMessage, type SendReceipt } from '@payments/events-core';
import { maxHeaderBytes, maxMessageBytes } from './limits.ts';
import { positionOf, toNative } from './mapping.ts';
import type { Lanes } from './publishing/lanes.ts';
import type { Failure } from './publishing/posting.ts';
import { bytesOf } from './publishing/size.ts';
import type { Settings } from './settings.ts';
import { topicOf } from './topology.ts';

export interface Producer {
  send(message: OutgoingMessage, options: { readonly signal: AbortSignal }): Promise<SendReceipt>;
  /** How long Kafka has owed an answer, in milliseconds: also where there is no connection to ask it. */
  readonly owedMs: number;
  /** Why the last event that was answered for may not be published, if that is so. */
  readonly forbidden: string | undefined;
  /** Resolves when no send is open; at abort those that are end without an answer. */
  drain(signal: AbortSignal): Promise<void>;
}

export interface ProducerOptions {
  readonly lanes: Lanes;
  readonly settings: Pick<Settings, 'topicPrefix' | 'topicStrategy'>;
}

/** Types that are named in events, and no more: an application may make its own. */
const mostTopics = 1_000;

export function createProducer({ lanes, settings }: ProducerOptions): Producer {
  const topics = new Map<string, string>();
  let forbidden: string | undefined;

  function topicFor(type: string): string {
    let topic = topics.get(type);
    if (topic === undefined) {
      topic = topicOf(settings, type);
      if (topics.size < mostTopics) topics.set(type, topic);
    }
    return topic;
  }

  function post(message: OutgoingMessage, topic: string, signal: AbortSignal): Promise<SendReceipt> {
    const { id, key } = message;
    const record = toNative(message);
    return new Promise((resolve, reject) => {
      lanes.post({
        topic,
        creates: true,
        partition: undefined,
        by: key ?? id,
        record,
        bytes: bytesOf(record),
        signal,
        stored(partition, offset) {
          forbidden = undefined;
          resolve({ position: positionOf(topic, partition, offset), duplicate: false });
        },
        failed(failure) {
          if (failure.reason === 'forbidden') forbidden = failure.said;
          reject(errorOf(message, failure));
        },
        stage: 'waiting',
        list: undefined,
        previous: undefined,
        next: undefined,
      });
    });
  }

  return {
    send(message, { signal }) {
      const problem = sizeProblem(message);
      if (problem !== undefined) return Promise.reject(errorOf(message, tooLarge(problem)));
      if (signal.aborted) return Promise.reject(errorOf(message, aborted));
      let topic: string;
      try {
        topic = topicFor(message.type);
      } catch (error) {
        if (!ConfigurationError.isInstance(error)) return Promise.reject(error);
        return Promise.reject(errorOf(message, unnamed(error)));
      }
      return post(message, topic, signal);
    },
    get owedMs() {
      return lanes.owedMs;
    },
    get forbidden() {
      return forbidden;
    },
    drain: lanes.drain,
  };
}

function errorOf({ id, type }: Pick<OutgoingMessage, 'id' | 'type'>, failure: Failure): SendError {
  const { outcome, reason, retryable, said, cause } = failure;
  return new SendError(`${type} ${id} ${said}`, { outcome, reason, retryable, cause });
}

const aborted: Failure = {
  outcome: 'rejected',
  reason: 'disconnected',
  retryable: true,
  said: 'was not sent: nobody waited for it any longer.',
};

function tooLarge(problem: string): Failure {
  return { outcome: 'rejected', reason: 'too-large', retryable: false, said: `is too large: ${problem}.` };
}

function unnamed(error: ConfigurationError): Failure {
  return {
    outcome: 'rejected',
    reason: 'other',
    retryable: false,
    said: `was not sent: ${error.message}`,
    cause: error,
  };
}

function sizeProblem({ key, headers, body }: OutgoingMessage): string | undefined {
  let atMost = 0;
  for (const name in headers) atMost += name.length + 3 * (headers[name]?.length ?? 0);
  const keyAtMost = 3 * (key?.length ?? 0);
  if (atMost <= maxHeaderBytes && atMost + keyAtMost + body.byteLength <= maxMessageBytes) return undefined;
  let bytes = 0;
  for (const name in headers) bytes += name.length + Buffer.byteLength(headers[name] ?? '');
  if (bytes > maxHeaderBytes) return `${bytes} bytes of headers, and ${maxHeaderBytes} are allowed`;
  const total = bytes + Buffer.byteLength(key ?? '') + body.byteLength;
  return total > maxMessageBytes
    ? `${total} bytes of key, body and headers, and ${maxMessageBytes} are allowed`
    : undefined;
}
