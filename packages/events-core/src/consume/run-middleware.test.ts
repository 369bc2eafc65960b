import { describe, expect, it } from 'vitest';
import type { Event } from '../events/event.ts';
import { unchecked } from '../events/unchecked.ts';
import { createDeadlines } from '../ports/deadlines.ts';
import { createTestClock, settled } from '../ports/test-clock.test-support.ts';
import { createAttemptContext } from './attempt-context.ts';
import { deliveryOf } from './delivery.test-support.ts';
import type { Handler, Middleware } from './handler.ts';
import { runAttempt, type Outcome, type RunningAttempt } from './run-attempt.ts';

const event: Event = { id: 'e1', type: 'shop.order.placed', time: new Date(0), source: '/shop', data: {} };

function run(middleware: readonly Middleware[], handler: Handler = () => {}): Promise<Outcome> {
  const notes = { attempts: 0, redrives: 0 };
  const context = createAttemptContext({ group: 'ledger', maxAttempts: 5, delivery: deliveryOf(), notes });
  const deadlines = createDeadlines<RunningAttempt>(createTestClock(), 1_000);
  const attempt = {
    event,
    definition: { schema: unchecked<unknown>() },
    context,
    handlers: [handler],
    middleware,
    inboxGuard: undefined,
  };
  return runAttempt(attempt, deadlines, 1_000).outcome;
}

describe('middleware', () => {
  it('runs around the handlers, the first registered outermost', async () => {
    const order: string[] = [];
    const named =
      (name: string): Middleware =>
      async (_event, _context, next) => {
        order.push(`${name} before`);
        await next();
        order.push(`${name} after`);
      };
    await run([named('first'), named('second')], () => void order.push('handler'));
    expect(order).toEqual(['first before', 'second before', 'handler', 'second after', 'first after']);
  });

  it('gets the event and the context, and its decision counts as the handlers’', async () => {
    let seen: Event | undefined;
    const deciding: Middleware = async (given, context) => {
      seen = given;
      context.deadLetter('blocked');
    };
    expect(await run([deciding])).toEqual({ kind: 'decided', decision: { kind: 'deadLetter', reason: 'blocked' } });
    expect(seen).toEqual(event);
  });

  it.each([
    [
      'throws',
      (() => {
        throw new Error('no');
      }) as Middleware,
    ],
    [
      'rejects',
      async () => {
        throw new Error('no');
      },
    ],
    [
      'rejects after the handlers',
      async (_event, _context, next) => {
        await next();
        throw new Error('no');
      },
    ],
  ] as [string, Middleware][])('that %s fails the attempt', async (_, layer) => {
    expect(await run([layer])).toMatchObject({ kind: 'failed', error: new Error('no') });
  });

  it('may turn the handlers’ failure into another, or into success', async () => {
    const failing: Handler = () => Promise.reject(new Error('no'));
    const catching: Middleware = (_event, _context, next) => next().catch(() => {});
    const changing: Middleware = (_event, _context, next) => next().catch(() => Promise.reject(new Error('other')));
    expect(await run([catching], failing)).toEqual({ kind: 'succeeded' });
    expect(await run([changing], failing)).toEqual({ kind: 'failed', error: new Error('other') });
  });

  it('that calls next twice fails the attempt, and the handlers run once', async () => {
    let runs = 0;
    const twice: Middleware = async (_event, _context, next) => {
      await next();
      await next();
    };
    expect(await run([twice], () => (runs += 1))).toMatchObject({
      kind: 'failed',
      error: new Error('A middleware called next() twice.'),
    });
    expect(runs).toBe(1);
  });

  it('that calls next twice without awaiting it fails the attempt too, and the process lives', async () => {
    const careless: Middleware = async (_event, _context, next) => {
      void next();
      void next();
    };
    expect(await run([careless])).toMatchObject({ kind: 'failed' });
  });

  it('that forgets to await next cannot acknowledge what the handlers have not finished', async () => {
    const order: string[] = [];
    const forgetful: Middleware = async (_event, _context, next) => void next();
    const slow: Handler = async () => {
      await settled();
      order.push('handled');
    };
    const outcome = await run([forgetful], slow);
    order.push('over');
    expect(outcome).toMatchObject({
      kind: 'failed',
      error: new Error('A middleware did not wait for next(): await it.'),
    });
    expect(order).toEqual(['handled', 'over']);
  });

  it('that forgets to await next fails with what the handlers threw', async () => {
    const forgetful: Middleware = async (_event, _context, next) => void next();
    const failing: Handler = async () => {
      await settled();
      throw new Error('no');
    };
    expect(await run([forgetful], failing)).toEqual({ kind: 'failed', error: new Error('no') });
  });
});
