import { expect, test } from 'vitest';
import { ConfigurationError, systemClock, type AdapterRuntime } from '@payments/events-core';
import { createLink, type Dialled } from './link.ts';

const runtime: AdapterRuntime = {
  instance: 'test',
  clock: systemClock,
  random: () => 0,
  logger: { info() {}, warn() {}, error() {} },
  notify() {},
  busy: () => 0,
};
const never = new AbortController().signal;

function connection() {
  const over = new AbortController();
  const live: Dialled = {
    model: { close: () => Promise.resolve() } as Dialled['model'],
    over: over.signal,
    onBlocked() {},
    joinWrites() {},
    giveUp: (why) => over.abort(why),
  };
  return live;
}

function linkTo(answers: readonly (() => Dialled)[], on = runtime) {
  let dials = 0;
  const link = createLink({
    name: 'consuming',
    runtime: on,
    isFatal: (error) => ConfigurationError.isInstance(error),
    async dial() {
      const answer = answers[Math.min(dials, answers.length - 1)]!;
      dials += 1;
      return answer();
    },
  });
  return { link, dials: () => dials };
}

const refuse = () => {
  throw new ConfigurationError('wrong password', 'username');
};
const unreachable = () => {
  throw new Error('unreachable');
};

test('a connection that is lost is made again, and each listener hears of both', async () => {
  const [first, second] = [connection(), connection()];
  const { link } = linkTo([() => first, unreachable, unreachable, () => second]);
  expect(await link.next(never)).toBe(first);
  const heard: string[] = [];
  link.eachLive({ found: (live) => heard.push(live === first ? 'first' : 'second'), lost: () => heard.push('lost') });
  first.giveUp(new Error('silent'));
  expect(link.live).toBeUndefined();
  expect(await link.next(never)).toBe(second);
  expect(heard).toEqual(['first', 'lost', 'second']);
  await link.close(never);
});

test('what waiting cannot mend ends the first wait at once', async () => {
  const early = linkTo([refuse]);
  await expect(early.link.next(never)).rejects.toThrow('wrong password');
  await early.link.close(never);
});

test('a running link is refused in passing for some seconds, and then for good, until it is let in again', async () => {
  let elapsedMs = 0;
  let refused = true;
  const clock: AdapterRuntime['clock'] = {
    now: () => 0,
    elapsed: () => elapsedMs,
    schedule(delayMs, run) {
      elapsedMs += delayMs;
      const turn = setImmediate(run);
      return () => clearImmediate(turn);
    },
  };
  const first = connection();
  const refuseOrNot = () => (refused ? refuse() : connection());
  const passing = linkTo([() => first, unreachable, refuse, refuse, connection], {
    ...runtime,
    clock,
    random: () => 0.1,
  });
  await passing.link.next(never);
  first.giveUp(new Error('gone'));
  await passing.link.next(never);
  expect(passing.dials()).toBe(5);
  await passing.link.close(never);

  const second = connection();
  const { link } = linkTo([() => second, refuseOrNot], { ...runtime, clock, random: () => 0.1 });
  await link.next(never);
  second.giveUp(new Error('gone'));
  const since = elapsedMs;
  await expect(link.next(never)).rejects.toThrow('wrong password');
  expect(elapsedMs - since).toBeGreaterThanOrEqual(5_000);
  refused = false;
  await expect.poll(() => link.live).toBeDefined();
  expect(link.failure).toBeUndefined();
  await link.close(never);
});

test('who waits is answered when their signal aborts, and when the link is closed', async () => {
  const { link, dials } = linkTo([unreachable]);
  const reason = new Error('enough');
  await expect(link.next(AbortSignal.abort(reason))).rejects.toBe(reason);
  const abort = new AbortController();
  const waiting = link.next(abort.signal);
  abort.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  const open = link.next();
  await link.close(never);
  await expect(open).rejects.toMatchObject({ code: 'EVENTS_CLOSED' });
  await expect(link.next()).rejects.toMatchObject({ code: 'EVENTS_CLOSED' });
  const after = dials();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(dials()).toBe(after);
});

test('a broker that ends each connection at once is asked less and less often', async () => {
  const waits: number[] = [];
  let elapsedMs = 0;
  const clock: AdapterRuntime['clock'] = {
    now: () => 0,
    elapsed: () => elapsedMs,
    schedule(delayMs, run) {
      waits.push(delayMs);
      queueMicrotask(run);
      return () => {};
    },
  };
  const { link } = linkTo([connection], { ...runtime, clock, random: () => 1 });
  const drop = async (afterMs: number) => {
    const live = await link.next(never);
    elapsedMs += afterMs;
    live.giveUp(new Error('ended by the broker'));
  };
  for (const afterMs of [0, 0, 0, 1_000, 0]) await drop(afterMs);
  await link.next(never);
  expect(waits).toEqual([100, 200, 400, 50, 100]);
  await link.close(never);
});
