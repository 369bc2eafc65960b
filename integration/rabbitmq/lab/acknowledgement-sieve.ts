import type { LostReplies } from '../../faults/clients.ts';
import { frameSieve, type Framing } from '../../faults/frames.ts';
import type { Sieve } from '../../faults/proxied-connection.ts';

const methodFrame = 1;
const frameHeader = 7;
/** Class and method of `basic.ack`: from the broker it is a publisher confirm. */
const acknowledgement = Buffer.from([0, 60, 0, 80]);

const framing: Framing = {
  // A heartbeat is shorter than what is looked at of a method.
  wanted: (head) => (head[0] === methodFrame ? frameHeader + acknowledgement.length : frameHeader),
  // Behind the payload an octet ends the frame.
  length: (head) => frameHeader + head.readUInt32BE(3) + 1,
};

/**
 * Reads the broker's side of one connection frame by frame. At a confirm that is to be lost the stream ends for the client,
 * as at a network that dies just then; the connection itself is told of it by `onLoss`.
 */
export function acknowledgementSieve(lost: LostReplies, onLoss: () => void): Sieve {
  return frameSieve(framing, (head) => {
    if (!head.subarray(frameHeader).equals(acknowledgement) || lost.left === 0) return false;
    lost.left -= 1;
    onLoss();
    return true;
  });
}
