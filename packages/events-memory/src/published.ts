import type { Headers } from '@payments/events-core';
import { createDeque } from './server/deque.ts';
import type { WireMessage } from './server/stored-message.ts';

/** A message that was accepted, for tests to look at. */
export interface PublishedMessage {
  readonly id: string;
  readonly type: string;
  readonly key?: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** `data` of the JSON in the body; undefined where there is none. */
  readonly data: unknown;
}

export interface Published {
  add(message: WireMessage): void;
  /** The newest last; at most 1,000, the oldest are forgotten first. */
  list(): readonly PublishedMessage[];
}

const mostRemembered = 1_000;

export function createPublished(): Published {
  const remembered = createDeque<{ readonly message: WireMessage; view?: PublishedMessage }>();
  return {
    add(message) {
      remembered.push({ message });
      if (remembered.length > mostRemembered) remembered.shift();
    },
    list: () => [...remembered].map((one) => (one.view ??= viewOf(one.message))),
  };
}

function viewOf({ id, type, key, headers, body }: WireMessage): PublishedMessage {
  return { id, type, ...(key === undefined ? {} : { key }), headers, body: Buffer.from(body), data: dataIn(body) };
}

function dataIn(body: Uint8Array): unknown {
  try {
    const event: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof event === 'object' && event !== null && 'data' in event ? event.data : undefined;
  } catch {
    return undefined;
  }
}
