import { describe, expect, it } from 'vitest';
import { HandlerTimeoutError } from '../errors/handler-timeout-error.ts';
import type { EventDefinition } from '../events/event-definition.ts';
import type { Event } from '../events/event.ts';
import { unchecked } from '../events/unchecked.ts';
import { createDeadlines } from '../ports/deadlines.ts';
import { createTestClock, settled } from '../ports/test-clock.test-support.ts';
import { createAttemptContext } from './attempt-context.ts';
import { deliveryOf } from './delivery.test-support.ts';
import type { Handler, Middleware } from './handler.ts';
import { runAttempt, type Outcome, type RunningAttempt } from './run-attempt.ts';

const event: Event = { id: 'e1', type: 'shop.order.placed', time: new Date(0), source: '/shop', data: {} };
const anyData: EventDefinition<unknown> = { schema: unchecked<unknown>() };
const forever = () => new Promise<never>(() => {});

function run(handlers: readonly Handler[], middleware: readonly Middleware[] = [], definition = anyData) {
  const clock = createTestClock();
  const notes = { attempts: 0, redrives: 0 };
  const context = createAttemptContext({ group: 'ledger', maxAttempts: 5, delivery: deliveryOf(), notes });
  const deadlines = createDeadlines<RunningAttempt>(clock, 1_000);
  const attempt = runAttempt(
    { event, definition, context, handlers, middleware, inboxGuard: undefined },
    deadlines,
    1_000,
  );
  return { clock, context, attempt, outcome: attempt.outcome };
}

const outcomeOf = (handlers: readonly Handler[], middleware?: readonly Middleware[]): Promise<Outcome> =>
  run(handlers, middleware).outcome;

describe('an attempt', () => {
  it('succeeds when all handlers return, whatever they return', async () => {
    expect(await outcomeOf([() => {}, () => 'anything', async () => null])).toEqual({ kind: 'succeeded' });
  });

  it('runs handlers one after another, in order of registration', async () => {
    const order: string[] = [];
    const slow: Handler = async () => {
      order.push('first begins');
      await settled();
      order.push('first ends');
    };
    await outcomeOf([slow, () => void order.push('second')]);
    expect(order).toEqual(['first begins', 'first ends', 'second']);
  });

  it('fails with what the first failing handler threw, and runs none after it', async () => {
    const error = new Error('no');
    let ran = false;
    const outcome = await outcomeOf([() => Promise.reject(error), () => (ran = true)]);
    expect(outcome).toEqual({ kind: 'failed', error });
    expect(ran).toBe(false);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
    [
      'throws null',
      () => {
        throw null;
      },
    ],
    ['rejects with nothing', () => Promise.reject()],
    [
      'throws an error whose getters throw',
      () => {
        throw new Proxy(
          {},
          {
            get() {
              throw new Error('no');
            },
          },
        );
      },
    ],
    [
      'returns a promise of its own that throws when awaited',
      () =>
        // oxlint-disable-next-line unicorn/no-thenable -- on purpose: a handler may return anything
        Object.defineProperty({}, 'then', {
          get() {
            throw new Error('no');
          },
        }),
    ],
  ] as [string, Handler][])('fails when a handler %s', async (_, handler) => {
    expect(await outcomeOf([handler])).toMatchObject({ kind: 'failed' });
  });
});

describe('an attempt whose event has an asynchronous schema', () => {
  const schemaThat = (validate: () => Promise<{ value: unknown } | { issues: { message: string }[] }>) => ({
    schema: { '~standard': { version: 1 as const, vendor: 'test', validate } },
  });

  it('gives its handlers what the schema returned', async () => {
    const seen: unknown[] = [];
    const definition = schemaThat(async () => ({ value: 'coerced' }));
    expect(await run([({ data }) => void seen.push(data)], [], definition).outcome).toEqual({ kind: 'succeeded' });
    expect(seen).toEqual(['coerced']);
  });

  it('is invalid, and runs no handler, when the schema says so', async () => {
    let ran = false;
    const definition = schemaThat(async () => ({ issues: [{ message: 'is no good' }] }));
    expect(await run([() => (ran = true)], [], definition).outcome).toMatchObject({ kind: 'invalid' });
    expect(ran).toBe(false);
  });

  it('fails, to be tried again, when the schema rejects', async () => {
    const error = new Error('the database is away');
    expect(
      await run(
        [],
        [],
        schemaThat(() => Promise.reject(error)),
      ).outcome,
    ).toEqual({ kind: 'failed', error });
  });

  it('fails at its deadline when the schema never answers', async () => {
    const { clock, outcome } = run([], [], schemaThat(forever));
    await clock.advance(1_000);
    expect(await outcome).toMatchObject({ kind: 'failed', error: { code: HandlerTimeoutError.code } });
  });
});

describe('an attempt whose handler does not end', () => {
  it('fails at its deadline, fires the signal, and says what to do', async () => {
    const { clock, context, outcome } = run([forever]);
    const { signal } = context;
    await clock.advance(999);
    expect(signal.aborted).toBe(false);
    await clock.advance(1);
    expect(signal.aborted).toBe(true);
    const { error } = (await outcome) as Extract<Outcome, { kind: 'failed' }>;
    expect(HandlerTimeoutError.isInstance(error)).toBe(true);
    expect(String(error)).toMatch(/shop\.order\.placed e1 in group ledger.* 1000 ms.*handlerTimeoutMs/);
  });

  it('has failed, even if the handler decides or succeeds afterwards', async () => {
    const late = Promise.withResolvers<void>();
    let decision: unknown;
    const { clock, outcome } = run([
      async (_, context) => {
        await late.promise;
        try {
          context.deadLetter('fraud');
        } catch (error) {
          decision = error;
        }
      },
    ]);
    await clock.advance(1_000);
    late.resolve();
    await settled();
    expect(await outcome).toMatchObject({ kind: 'failed' });
    expect(String(decision)).toContain('too late');
  });

  it('can be abandoned, which fires the signal too', async () => {
    const { context, attempt, outcome } = run([forever]);
    attempt.abandon('drain deadline');
    expect(await outcome).toEqual({ kind: 'abandoned' });
    expect(context.signal.reason).toBe('drain deadline');
  });
});

describe('a decision of a handler', () => {
  it('is the outcome, even if the handler catches what it threw', async () => {
    const catching: Handler = (_, context) => {
      try {
        context.deadLetter('fraud');
      } catch {}
    };
    const decision = { kind: 'deadLetter', reason: 'fraud' };
    expect(await outcomeOf([catching])).toEqual({ kind: 'decided', decision });
  });

  it('is the outcome, even if the handler throws something else afterwards', async () => {
    const hiding: Handler = (_, context) => {
      try {
        context.retry({ delayMs: 5 });
      } catch {
        throw new Error('hidden');
      }
    };
    expect(await outcomeOf([hiding])).toEqual({ kind: 'decided', decision: { kind: 'retry', delayMs: 5 } });
  });

  it('keeps later handlers from running', async () => {
    let ran = false;
    await outcomeOf([async (_, context) => context.retry(), () => (ran = true)]);
    await outcomeOf([async (_, context) => Promise.allSettled([(async () => context.retry())()]), () => (ran = true)]);
    expect(ran).toBe(false);
  });
});
