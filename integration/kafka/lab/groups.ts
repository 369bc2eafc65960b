/** What consumer groups have committed. */
import { array, int32, int8, string } from './bytes.ts';
import { ask, must, type Address } from './wire.ts';

export interface Committed {
  readonly offset: number;
  readonly metadata: string;
}

/** By topic and partition. What was never committed is not in it. */
export async function committedOf(at: Address, group: string): Promise<ReadonlyMap<string, Committed>> {
  await untilCoordinated(at, group);
  // Of all topics.
  const body = Buffer.concat([string(group), int32(-1)]);
  return ask(at, { api: 9, version: 3, body }, (answer) => {
    answer.int32();
    const found = answer.array(() => {
      const topic = answer.string();
      return answer.array(() => {
        const partition = answer.int32();
        const offset = answer.int64();
        const metadata = answer.string() ?? '';
        must(`the commits of ${group}`, answer.int16());
        return [`${topic}/${partition}`, { offset, metadata }] as const;
      });
    });
    must(`the commits of ${group}`, answer.int16());
    return new Map(found.flat().filter(([, { offset }]) => offset >= 0));
  });
}

/** The first who asks makes the broker create the topic that commits are kept in. */
export async function untilCoordinated(at: Address, group: string): Promise<void> {
  await ask(at, { api: 10, version: 1, body: Buffer.concat([string(group), int8(0)]) }, (answer) => {
    answer.int32();
    must(`the coordinator of ${group}`, answer.int16());
  });
}

const notEmpty = 68;
const unknownGroup = 69;

/** What is gone already, or has members still, is no error: the broker forgets it by itself. */
export async function deleteGroups(at: Address, groups: readonly string[]): Promise<void> {
  if (groups.length === 0) return;
  await ask(at, { api: 42, version: 0, body: array(groups, string) }, (answer) => {
    answer.int32();
    answer.array(() => {
      const group = answer.string();
      const code = answer.int16();
      if (code !== notEmpty && code !== unknownGroup) must(`the deletion of ${group}`, code);
    });
  });
}

/** All that begin with the prefix. */
export async function listGroups(at: Address, prefix: string): Promise<readonly string[]> {
  const all = await ask(at, { api: 16, version: 1, body: Buffer.alloc(0) }, (answer) => {
    answer.int32();
    must('the list of groups', answer.int16());
    return answer.array(() => {
      const group = answer.string() ?? '';
      answer.string();
      return group;
    });
  });
  return all.filter((group) => group.startsWith(prefix));
}
