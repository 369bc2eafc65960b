/** Reads an answer, which begins at `at` with what comes after the number of its request; may change it in place. */
export type ReadAnswer = (answer: Buffer, at: number, version: number) => void;

/** Takes note of one connection's requests, and reads the answers. */
export interface Answers {
  sent(request: Buffer): void;
  /** Whole frames. */
  received(frames: Buffer): void;
}

/** What the client's own reading of answers loses; by API key. */
export function createAnswers(readers: ReadonlyMap<number, ReadAnswer>): Answers {
  const asked = new Map<number, { readonly read: ReadAnswer; readonly version: number }>();
  return {
    sent(request) {
      const read = readers.get(request.readInt16BE(4));
      if (read !== undefined) asked.set(request.readInt32BE(8), { read, version: request.readInt16BE(6) });
    },
    received(frames) {
      if (asked.size === 0) return;
      for (let at = 0; at < frames.length; at += 4 + frames.readInt32BE(at)) {
        const number = frames.readInt32BE(at + 4);
        const found = asked.get(number);
        asked.delete(number);
        found?.read(frames, at + 8, found.version);
      }
    },
  };
}

export const apiKeys = { metadata: 3, findCoordinator: 10 } as const;

const groupAuthorizationFailed = 30;

/**
 * Who coordinates a group may be a secret. The client asks one broker after the other and forgets what they have said: to it
 * there is just no coordinator.
 */
export function readsCoordinator(told: (forbidden: boolean) => void): ReadAnswer {
  return (answer, at, version) => {
    // From the second version on it begins with for how long the client is throttled.
    told(answer.readInt16BE(version === 0 ? at : at + 4) === groupAuthorizationFailed);
  };
}
