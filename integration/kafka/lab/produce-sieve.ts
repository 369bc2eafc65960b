import type { LostReplies } from '../../faults/clients.ts';
import { frameSieve, type Framing } from '../../faults/frames.ts';
import type { Sieve } from '../../faults/proxied-connection.ts';
import type { SievedConnection } from '../../faults/tcp-proxy.ts';

const produce = 0;
/** The size of what follows. */
const sizeBytes = 4;

function framing(wanted: number): Framing {
  return { wanted: () => wanted, length: (head) => sizeBytes + head.readInt32BE(0) };
}

/**
 * An answer says only to which request it belongs, so both sides of a connection are read frame by frame. At the answer to
 * a produce request that is to be lost the stream ends for the client.
 */
export function produceSieve(
  lost: LostReplies,
  onLoss: () => void,
  connection: Pick<SievedConnection, 'onRequest'>,
): Sieve {
  const asked = new Set<number>();
  const requests = frameSieve(framing(12), (head) => {
    if (head.readInt16BE(sizeBytes) === produce) asked.add(head.readInt32BE(8));
    return false;
  });
  connection.onRequest((chunk) => void requests(chunk));

  return frameSieve(framing(8), (head) => {
    if (!asked.delete(head.readInt32BE(sizeBytes)) || lost.left === 0) return false;
    lost.left -= 1;
    onLoss();
    return true;
  });
}
