const joinGroup = 11;
const leaveGroup = 13;

/** What the group's coordinator is about to be told by a member that joins, joins again, or leaves. */
export interface Join {
  /** Empty at the first join, and for a member that was expelled. */
  readonly memberId: string;
  /** The client leaves a group by itself when it cannot go on: its partitions go to others at once. */
  readonly leaving: boolean;
}

/** The request is held back until it resolves. `closed` does when the connection has ended on which it is to be written. */
export type BeforeJoin = (join: Join, closed: Promise<void>) => Promise<void>;

/**
 * What a request to join or leave a group says; undefined for any other. The client writes each request in one piece: size,
 * API key, version, number, client id, and then the group; to join, the session and rebalance timeout and the member's id.
 */
export function readJoin(request: Buffer): Join | undefined {
  if (request.length < 14) return undefined;
  const key = request.readInt16BE(4);
  if (key !== joinGroup && key !== leaveGroup) return undefined;
  const version = request.readInt16BE(6);
  const client = textAt(request, 12);
  const group = textAt(request, client.end);
  // The first version of joining has only one of the timeouts; from its third on leaving has a list of members.
  const between = key === joinGroup ? (version === 0 ? 4 : 8) : version < 3 ? 0 : 4;
  return { memberId: textAt(request, group.end + between).text, leaving: key === leaveGroup };
}

interface Text {
  readonly text: string;
  readonly end: number;
}

function textAt(buffer: Buffer, at: number): Text {
  // -1 stands for none.
  const length = Math.max(0, buffer.readInt16BE(at));
  const end = at + 2 + length;
  if (end > buffer.length) throw new RangeError('The request ends within a text.');
  return { text: buffer.toString('utf8', at + 2, end), end };
}
