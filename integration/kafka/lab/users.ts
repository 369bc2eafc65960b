/** Users with a password, and what they may not do. */
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { array, bytes, flexible, int32, int8, string } from './bytes.ts';
import { ask, must, openSession, type Address } from './wire.ts';

const sha256 = 1;
/** The least that Kafka takes. */
const iterations = 4_096;

export interface Doors {
  /** Where an administrator comes in. */
  readonly admin: Address;
  /** Where users do. */
  readonly login: Address;
}

/**
 * Makes a user, or gives one a new password; who is in stays in. Resolves once it is so. Users are never deleted: after one
 * was, Kafka 4.3 knows none of them when it is started again.
 */
export async function putUser(doors: Doors, name: string, password: string): Promise<void> {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const credential = Buffer.concat([
    flexible.bytes(name),
    int8(sha256),
    int32(iterations),
    flexible.bytes(salt),
    flexible.bytes(salted),
    flexible.noTags,
  ]);
  const body = Buffer.concat([flexible.length(0), flexible.array([credential], (one) => one), flexible.noTags]);
  await ask(doors.admin, { api: 51, version: 0, flexible: true, body }, (answer) => {
    answer.int32();
    const count = answer.length();
    for (let n = 0; n < count; n += 1) {
      answer.take(answer.length());
      must(`the password of ${name}`, answer.int16());
      answer.take(Math.max(0, answer.length()));
      answer.take(1);
    }
  });
  while ((await saltOf(doors.login, name)) !== salt.toString('base64'));
}

/** Begins to log in: the broker shows the salt of a password that it knows. */
async function saltOf(login: Address, name: string): Promise<string | undefined> {
  const session = openSession(login);
  try {
    await session.exchange({ api: 17, version: 1, body: string('SCRAM-SHA-256') });
    const first = Buffer.from(`n,,n=${name},r=${randomBytes(12).toString('hex')}`);
    const answer = await session.exchange({ api: 36, version: 0, body: bytes(first) });
    answer.int16();
    answer.string();
    return /,s=([^,]*)/.exec(answer.bytes()?.toString() ?? '')?.[1];
  } finally {
    session.close();
  }
}

const topicResource = 2;
const literally = 3;
const permission = { deny: 2, allow: 3 } as const;
const operation = { all: 2, write: 4 } as const;
const any = { operation: 1, permission: 1 } as const;

/** The user may do everything with these topics but write to them. Resolves once it is so. */
export async function forbidWriting(at: Address, user: string, topics: readonly string[]): Promise<void> {
  // Where one rule is about a topic, the broker forbids all that no rule allows.
  const rules = topics.flatMap((topic) => [
    { topic, operation: operation.all, permission: permission.allow },
    { topic, operation: operation.write, permission: permission.deny },
  ]);
  const body = array(rules, (rule) =>
    Buffer.concat([
      int8(topicResource),
      string(rule.topic),
      int8(literally),
      string(`User:${user}`),
      string('*'),
      int8(rule.operation),
      int8(rule.permission),
    ]),
  );
  await ask(at, { api: 30, version: 1, body }, (answer) => {
    answer.int32();
    answer.array(() => {
      const code = answer.int16();
      must(`a rule for ${user}: ${answer.string()}`, code);
    });
  });
  for (const topic of topics) while ((await countRules(at, user, topic)) < 2);
}

/** Takes back what `forbidWriting` has done to these topics. Resolves once it is so. */
export async function permitWriting(at: Address, user: string, topics: readonly string[]): Promise<void> {
  const body = array(topics, (topic) => ruleFilter(user, topic));
  await ask(at, { api: 31, version: 1, body }, (answer) => {
    answer.int32();
    answer.array(() => {
      const code = answer.int16();
      must(`no rule for ${user}: ${answer.string()}`, code);
      // What was deleted is of no interest.
      answer.array(() => {
        answer.int16();
        answer.string();
        answer.int8();
        answer.string();
        answer.int8();
        answer.string();
        answer.string();
        answer.int8();
        answer.int8();
      });
    });
  });
  for (const topic of topics) while ((await countRules(at, user, topic)) > 0);
}

function ruleFilter(user: string, topic: string): Buffer {
  const about = [int8(topicResource), string(topic), int8(literally), string(`User:${user}`), string(null)];
  return Buffer.concat([...about, int8(any.operation), int8(any.permission)]);
}

/** As the broker itself, which is a little behind its controller, sees them. */
function countRules(at: Address, user: string, topic: string): Promise<number> {
  return ask(at, { api: 29, version: 1, body: ruleFilter(user, topic) }, (answer) => {
    answer.int32();
    const code = answer.int16();
    must(`the rules for ${user}: ${answer.string()}`, code);
    const rules = answer.array(() => {
      answer.int8();
      answer.string();
      answer.int8();
      return answer.array(() => [answer.string(), answer.string(), answer.int8(), answer.int8()]);
    });
    return rules.flat().length;
  });
}
