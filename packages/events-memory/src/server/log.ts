import { createLinkedList } from '@payments/events-core';
import type { StoredMessage, WireMessage } from './stored-message.ts';

/** Messages held by all logs of a server together: what the capacity limits. */
export interface Occupancy {
  held: number;
}

/**
 * The messages of one topic. Held until every group that wants them has settled them, and for good while no group does;
 * afterwards history for groups that come later, of which the oldest go first.
 */
export interface Log {
  readonly topic: string;
  readonly held: number;
  readonly settled: number;
  append(content: WireMessage, sequence: number): StoredMessage;
  /** One more group has it to settle. */
  open(message: StoredMessage): void;
  /** A group is done with it. */
  close(message: StoredMessage): void;
  /** All that is stored, history included, in the order in which it was sent. */
  messages(): readonly StoredMessage[];
}

export function createLog(topic: string, historyLimit: number, occupancy: Occupancy): Log {
  const held = createLinkedList<StoredMessage>();
  const history = createLinkedList<StoredMessage>();

  return {
    topic,
    get held() {
      return held.length;
    },
    get settled() {
      return history.length;
    },
    append(content, sequence) {
      const message: StoredMessage = {
        content,
        topic,
        sequence,
        position: `${topic}/${sequence}`,
        open: 0,
        settled: false,
        previous: undefined,
        next: undefined,
      };
      held.append(message);
      occupancy.held += 1;
      return message;
    },
    open(message) {
      message.open += 1;
      if (!message.settled) return;
      message.settled = false;
      history.remove(message);
      held.append(message);
      occupancy.held += 1;
    },
    close(message) {
      message.open -= 1;
      if (message.open > 0) return;
      held.remove(message);
      occupancy.held -= 1;
      message.settled = true;
      history.append(message);
      if (history.length > historyLimit && history.first !== undefined) history.remove(history.first);
    },
    messages: () => [...held, ...history].sort((a, b) => a.sequence - b.sequence),
  };
}
