import { describeError } from '@payments/events-core';
import { protocolType, reasonOf, rootName, rootOf } from '../errors.ts';
import type { Settings } from '../settings.ts';
import type { Failure } from './posting.ts';

/** What a failed send means for its postings, and for the instance of the client that made it. */
export interface Verdict {
  readonly failure: Failure;
  /**
   * What is to be sent again, because nothing of it is stored: `halves` where one of several may be to blame, `all` where
   * nothing was sent at all.
   */
  readonly again: 'none' | 'halves' | 'all';
  /**
   * `topic`: the instance may ask for a topic that is gone, at each refresh, whatever is sent. `timeout`, `connection`: it may
   * hold on to a dead connection.
   */
  readonly suspect: 'topic' | 'timeout' | 'connection' | undefined;
}

/** The client knew no such partition, has sent nothing, and said nothing of it. */
export class NothingSent extends Error {
  override readonly name = 'NothingSent';
}

/** The answer named another partition, or no offset. */
export class MissingAnswer extends Error {
  override readonly name = 'MissingAnswer';
}

/** A send that the client has not ended in time. */
export class StuckSend extends Error {
  override readonly name = 'StuckSend';
}

const notConnected =
  /^(?:KafkaJSConnection(?:Closed)?Error|KafkaJSNoBrokerAvailableError|KafkaJSSASLAuthenticationError)$/;

export interface Sent {
  readonly topic: string;
  readonly settings: Pick<Settings, 'brokers' | 'login' | 'tls'>;
}

/**
 * By the root of the error: what the client wraps around it says the contrary at times. Only few answers are a promise that
 * nothing is stored: a failed send connects again before it ends, and says what came of that.
 */
export function verdictOf(error: unknown, { topic, settings }: Sent): Verdict {
  const root = rootOf(error);
  const { text } = describeError(root);
  switch (protocolType(error)) {
    case 'MESSAGE_TOO_LARGE':
    case 'RECORD_LIST_TOO_LARGE':
      return refused("The topic's max.message.bytes says how much it takes", { reason: 'too-large', again: 'halves' });
    case 'INVALID_RECORD':
      return refused('A compacted topic takes nothing without a key', { again: 'halves' });
    case 'INVALID_TOPIC_EXCEPTION':
      return refused('Check the prefix of topics');
    case 'TOPIC_AUTHORIZATION_FAILED':
      return refused('Allow the user to Write to it, and to Describe it', { reason: 'forbidden', suspect: 'topic' });
    case 'NOT_ENOUGH_REPLICAS':
      return refused('Fewer replicas are in sync than its min.insync.replicas asks for', { retryable: true });
    case 'INVALID_TIMESTAMP':
      return refused('Set the clock of this machine, or message.timestamp.type of the topic to LogAppendTime', {
        retryable: true,
      });
    case 'UNKNOWN_TOPIC_OR_PARTITION':
      return unknown({ suspect: 'topic' });
    case 'REQUEST_TIMED_OUT':
      return unknown({ reason: 'timeout' });
  }
  if (root instanceof NothingSent) return unknown({ suspect: 'topic', again: 'all' });
  if (root instanceof MissingAnswer) return unknown({ suspect: 'topic' });
  if (root instanceof StuckSend) return unknown({ reason: 'timeout' });
  const name = rootName(error);
  // Before anything is sent: the client's word for a partition that nobody leads, and it looks again by itself.
  if (name === 'KafkaJSBrokerNotFound') return unknown({ again: 'all', said: 'no broker leads the partition' });
  if (name === 'KafkaJSRequestTimeoutError' || name === 'KafkaJSLockTimeout')
    return unknown({ reason: 'timeout', suspect: 'timeout' });
  // The client has plain errors too for what it finds closed.
  if (notConnected.test(name) || /not connected|disconnect/i.test(text))
    return unknown({ reason: 'disconnected', suspect: 'connection', said: reasonOf(error, settings) });
  return unknown({});

  function refused(remedy: string, { reason = 'other', retryable = false, ...more }: Details = {}): Verdict {
    const said = `was refused for topic "${topic}": ${text}. ${remedy}.`;
    return { ...usual, ...more, failure: { outcome: 'rejected', reason, retryable, said, cause: error } };
  }

  function unknown({ reason = 'other', said = text, ...more }: Details): Verdict {
    const whole = `was sent to topic "${topic}", and nobody knows whether it is stored: ${said}.`;
    return { ...usual, ...more, failure: { outcome: 'unknown', reason, retryable: true, said: whole, cause: error } };
  }
}

type Details = Partial<Pick<Verdict, 'again' | 'suspect'> & Pick<Failure, 'reason' | 'retryable' | 'said'>>;

const usual = { again: 'none', suspect: undefined } as const;
