import { BrokerUnavailableError, ClosedError, ConfigurationError } from '@payments/events-core';
import type { Admin, Kafka } from 'kafkajs';
import { expect, test } from 'vitest';
import { createAdministrator } from './administrator.ts';
import type { Client } from './client.ts';
import { settingsOf } from '../options.ts';
import { steppedClock } from './sockets.test-support.ts';

const settings = settingsOf({ url: 'kafka://one', requestTimeoutMs: 1_000 });

/** Instances that connect as they are told to, one after the other. */
function administrator(connect: (instance: number) => Promise<void> = () => Promise.resolve(), forbidden?: number) {
  const destroyed: number[] = [];
  const clock = steppedClock();
  let made = 0;
  let progress = 0;
  const client = (): Client => {
    const instance = made;
    made += 1;
    const admin: Partial<Admin> = {
      connect: () => connect(instance),
      listTopics: async () => [`of instance ${instance}`],
    };
    const native: Partial<Kafka> = { admin: () => admin as Admin };
    return {
      kafka: native as Kafka,
      cut() {},
      destroy: () => void destroyed.push(instance),
      groupForbidden: instance === forbidden,
    };
  };
  const admin = createAdministrator({
    settings,
    runtime: { clock },
    client,
    progressed: () => (progress += 1),
  });
  return {
    admin,
    clock,
    destroyed,
    progress: () => progress,
    list: () => admin.ask('list', (asked) => asked.listTopics()),
  };
}

function said(type: string): Error {
  return Object.assign(new Error(`Kafka says ${type}`), { type });
}

test('one instance answers one question after the other, and each answer is progress', async () => {
  const { list, progress, destroyed } = administrator();
  expect([await list(), await list()]).toEqual([['of instance 0'], ['of instance 0']]);
  expect(progress()).toBe(2);
  expect(destroyed).toEqual([]);
});

test('questions at the same time go over instances of their own, up to four, and one is kept', async () => {
  const { list, destroyed, clock } = administrator();
  const lists = await Promise.all(Array.from({ length: 9 }, list));
  expect(new Set(lists.flat()).size).toBe(4);
  clock.pass(5_000);
  expect(destroyed).toHaveLength(3);
  expect(await list()).toHaveLength(1);
});

test('one that does not answer is left, and others have their time', async () => {
  const { admin, clock, list, destroyed } = administrator();
  const slow = Promise.withResolvers<string>();
  const waiting = admin.ask('answer slowly', () => slow.promise, 5_000);
  const unanswered = expect(admin.ask('answer', () => new Promise(() => {}), 1_000)).rejects.toThrow(
    'Kafka did not answer within 1000 ms.',
  );
  clock.pass(1_000);
  await unanswered;
  expect(BrokerUnavailableError.isInstance(admin.lastError)).toBe(true);
  expect(destroyed).toEqual([1]);
  slow.resolve('at last');
  expect(await waiting).toBe('at last');
  expect(await list()).toEqual(['of instance 0']);
  expect(destroyed).toEqual([1]);
  expect(admin.lastError).toBeUndefined();
});

test('one that answers slowly is not left by who has little time', async () => {
  const { admin, clock, list, destroyed } = administrator();
  await list();
  const answers = [Promise.withResolvers<string>(), Promise.withResolvers<string>()] as const;
  for (const { promise } of answers) {
    const unanswered = expect(admin.ask('answer', () => promise, 400)).rejects.toThrow('within 400 ms');
    clock.pass(400);
    await unanswered;
  }
  answers[0].resolve('late');
  await new Promise(setImmediate);
  expect(await list()).toEqual(['of instance 0']);
  clock.pass(600);
  expect(destroyed).toEqual([1]);
});

test('one that cannot connect is left', async () => {
  const { list, destroyed } = administrator((instance) =>
    instance === 0 ? Promise.reject(new Error('connect ECONNREFUSED')) : Promise.resolve(),
  );
  await expect(list()).rejects.toThrow(/^Kafka did not list: connect ECONNREFUSED\.$/);
  expect(await list()).toEqual(['of instance 1']);
  expect(destroyed).toEqual([0]);
});

test('what the broker answers is thrown as it is; after a missing topic the instance would ask for it for ever', async () => {
  const { admin, list } = administrator();
  const forbidden = said('GROUP_AUTHORIZATION_FAILED');
  const wrapped = Object.assign(new Error('around it'), { cause: forbidden });
  await expect(admin.ask('tell', () => Promise.reject(wrapped))).rejects.toBe(forbidden);
  expect(await list()).toEqual(['of instance 0']);
  const missing = said('UNKNOWN_TOPIC_OR_PARTITION');
  await expect(admin.ask('tell', () => Promise.reject(missing))).rejects.toBe(missing);
  expect(await list()).toEqual(['of instance 1']);
});

test('where the broker has refused to name a coordinator, that is the answer', async () => {
  const unknown = Object.assign(new Error('Failed to find group coordinator'), {
    name: 'KafkaJSGroupCoordinatorNotFound',
  });
  const { admin } = administrator(undefined, 0);
  const answer = expect.objectContaining({ type: 'GROUP_AUTHORIZATION_FAILED' });
  await expect(admin.ask('tell', () => Promise.reject(unknown))).rejects.toEqual(answer);
  const other = administrator();
  await expect(other.admin.ask('tell', () => Promise.reject(unknown))).rejects.toThrow(BrokerUnavailableError);
});

test('a refused login is a matter of configuration', async () => {
  const refused = Object.assign(new Error('SASL PLAIN authentication failed: Invalid username or password'), {
    name: 'KafkaJSSASLAuthenticationError',
  });
  const { admin, list } = administrator(() => Promise.reject(refused));
  await expect(list()).rejects.toThrow(ConfigurationError);
  expect(admin.lastError).toMatchObject({ path: 'username' });
});

test('after close there are no answers', async () => {
  const { admin, clock, list, destroyed } = administrator();
  await list();
  const open = expect(admin.ask('answer', () => new Promise(() => {}), 20)).rejects.toThrow(ClosedError);
  await admin.close();
  expect(destroyed).toEqual([0]);
  clock.pass(20);
  await open;
  await expect(list()).rejects.toThrow(ClosedError);
});
