import type { Sieve } from './proxied-connection.ts';

/** How one protocol cuts its stream into frames. */
export interface Framing {
  /** How many bytes of the frame that begins so are to be seen. */
  wanted(head: Buffer): number;
  /** Of the whole frame, when so many have been seen. At least as many as were wanted. */
  length(head: Buffer): number;
}

/** Shows the beginning of each frame, however the packets cut it. Ends the stream where the frame begins for which `isLast` says so. */
export function frameSieve({ wanted, length }: Framing, isLast: (head: Buffer) => boolean): Sieve {
  /** The beginning of a frame that came in pieces, and what of the present frame is still to come. */
  let begun: Buffer = Buffer.alloc(0);
  let toCome = 0;

  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (toCome > 0) {
        const skipped = Math.min(toCome, chunk.length - at);
        toCome -= skipped;
        at += skipped;
        continue;
      }
      const known = begun.length;
      const rest = chunk.subarray(at);
      const seen = known === 0 ? rest : Buffer.concat([begun, rest]);
      const head = seen.subarray(0, wanted(seen));
      if (head.length < wanted(head)) {
        begun = head;
        return undefined;
      }
      begun = Buffer.alloc(0);
      if (isLast(head)) return at;
      at += head.length - known;
      toCome = length(head) - head.length;
    }
    return undefined;
  };
}
