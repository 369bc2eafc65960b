import type { ReadAnswer } from './answers.ts';

/** Those in which the client and Kafka speak of it, and that look as they are read below. */
const versions: readonly number[] = [5, 6];
/** LEADER_NOT_AVAILABLE, REPLICA_NOT_AVAILABLE, LISTENER_NOT_FOUND. */
const withoutLeader: readonly number[] = [5, 9, 72];
const none = 0;

/**
 * One partition anywhere in the cluster that has no leader, in whoever's topic, and the client neither lists topics nor
 * describes the cluster nor makes topics: it takes such an answer for a failed one. Here it reads that such a partition has
 * no leader (-1, which stands there as well), and no error.
 */
export const forgiveLeaderless: ReadAnswer = (answer, from, version) => {
  if (versions.includes(version)) forgive(answer, from);
};

function forgive(answer: Buffer, from: number): void {
  let at = from;
  const int16 = () => answer.readInt16BE((at += 2) - 2);
  const int32 = () => answer.readInt32BE((at += 4) - 4);
  const text = () => {
    const length = int16();
    at += Math.max(0, length);
  };
  const each = (read: () => void) => {
    for (let left = int32(); left > 0; left -= 1) read();
  };
  const nodes = () => each(int32);

  int32(); // throttled for
  each(() => {
    int32(); // broker
    text();
    int32(); // port
    text();
  });
  text(); // cluster
  int32(); // controller
  each(() => {
    int16(); // error of the topic
    text();
    at += 1; // internal
    each(() => {
      if (withoutLeader.includes(int16())) answer.writeInt16BE(none, at - 2);
      int32(); // partition
      int32(); // leader
      nodes(); // replicas
      nodes(); // in sync
      nodes(); // offline
    });
  });
}
