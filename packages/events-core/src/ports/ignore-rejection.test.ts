import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ignoreRejection } from './ignore-rejection.ts';
import { settled } from './test-clock.test-support.ts';
import { unfailing } from './unfailing-logger.ts';

let unhandled: unknown[] = [];
const note = (reason: unknown) => void unhandled.push(reason);
beforeEach(() => {
  unhandled = [];
  process.on('unhandledRejection', note);
});
afterEach(() => void process.off('unhandledRejection', note));

const failing = async () => {
  throw new Error('log server away');
};

const refusing = () => {
  throw new Error('not for you');
};

type Then = (resolve: () => void, reject: (error: Error) => void) => void;
const thenable = (then: Then) => {
  const made = {};
  Reflect.set(made, 'then', then);
  return made;
};

describe('a promise that nobody waits for', () => {
  it.each([
    ['a promise', () => failing()],
    ['another kind of promise', () => thenable((_, reject) => reject(new Error('no')))],
    ['one whose then throws', () => thenable(refusing)],
    ['nothing', () => undefined],
    ['null', () => null],
  ])('ends no process when it rejects: %s', async (_, make) => {
    ignoreRejection(make());
    await settled();
    expect(unhandled).toEqual([]);
  });

  it('may come from a logger: nothing that is said may cost an event', async () => {
    const logger = unfailing({ info: failing, warn: failing, error: failing });
    for (const level of ['info', 'warn', 'error'] as const) logger[level]({}, 'said');
    await settled();
    expect(unhandled).toEqual([]);
  });
});
