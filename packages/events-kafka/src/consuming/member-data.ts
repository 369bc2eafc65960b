import { AssignerProtocol } from 'kafkajs';
import type { Assignment, GroupMember } from 'kafkajs';

/** What a member tells whoever assigns: what it reads, and what it has. */
export interface Member {
  readonly memberId: string;
  readonly topics: ReadonlySet<string>;
  /** By topic. What it had when it asked to join; others may say the same of it. */
  readonly owned: ReadonlyMap<string, readonly number[]>;
}

/** A coordinator hands every member's to the leader, and keeps them. */
const mostBytes = 4_096;

export function encodeMember(version: number, topics: readonly string[], owned: Assignment): Buffer {
  return AssignerProtocol.MemberMetadata.encode({ version, topics: [...topics], userData: encodeOwned(owned) });
}

/** What does not fit is merely not kept together. */
function encodeOwned(owned: Assignment): Buffer {
  let text = '';
  for (const [topic, partitions] of Object.entries(owned)) {
    const more = `${text}${text === '' ? '' : ';'}${topic}:${partitions.join()}`;
    if (more.length > mostBytes) break;
    text = more;
  }
  return Buffer.from(text);
}

/** A member that cannot be understood reads nothing; one whose possessions cannot be is served as if it were new. */
export function decodeMember({ memberId, memberMetadata }: GroupMember): Member {
  try {
    const { topics, userData } = AssignerProtocol.MemberMetadata.decode(memberMetadata) ?? none;
    return { memberId, topics: new Set(topics), owned: decodeOwned(userData) };
  } catch {
    return { memberId, topics: new Set(), owned: new Map() };
  }
}

const none = { topics: [], userData: undefined };

function decodeOwned(userData: Buffer | null | undefined): Member['owned'] {
  const owned = new Map<string, number[]>();
  for (const one of userData?.toString().split(';') ?? []) {
    const [topic, list = ''] = one.split(':', 2);
    const partitions = list.split(',').filter((text) => /^\d{1,9}$/.test(text));
    if (topic !== undefined && partitions.length > 0) owned.set(topic, partitions.map(Number));
  }
  return owned;
}
