import type { Sieve } from '../../faults/proxied-connection.ts';

/** Which of the broker's next answers to publishing get lost, on whatever connection they come. */
export interface LostAcknowledgements {
  left: number;
}

const methodFrame = 1;
const frameHeader = 7;
/** Class and method of `basic.ack`: from the broker it is a publisher confirm. */
const acknowledgement = Buffer.from([0, 60, 0, 80]);
const enough = frameHeader + acknowledgement.length;

/**
 * Reads the broker's side of one connection frame by frame. At a confirm that is to be lost the stream ends for the client,
 * as at a network that dies just then; the connection itself is told of it by `onLoss`.
 */
export function acknowledgementSieve(lost: LostAcknowledgements, onLoss: () => void): Sieve {
  /** The beginning of a frame that came in pieces, and what of the present frame is still to come. */
  let begun = Buffer.alloc(0);
  let rest = 0;

  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (rest > 0) {
        const skipped = Math.min(rest, chunk.length - at);
        rest -= skipped;
        at += skipped;
        continue;
      }
      const known = begun.length;
      const head = Buffer.concat([begun, chunk.subarray(at, at + enough - known)]);
      // A heartbeat is shorter than what is looked at of a method.
      const wanted = head[0] === methodFrame ? enough : frameHeader;
      if (head.length < wanted) {
        begun = head;
        return undefined;
      }
      begun = Buffer.alloc(0);
      const isAcknowledgement = wanted === enough && head.subarray(frameHeader).equals(acknowledgement);
      if (isAcknowledgement && lost.left > 0) {
        lost.left -= 1;
        onLoss();
        return at;
      }
      at += wanted - known;
      // The payload, and the octet that ends the frame.
      rest = head.readUInt32BE(3) + 1 - (wanted - frameHeader);
    }
    return undefined;
  };
}
