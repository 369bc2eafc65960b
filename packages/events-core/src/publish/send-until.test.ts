import { describe, expect, it } from 'vitest';
import type { OutgoingMessage, SendReceipt } from '../contract/message.ts';
import { PublishOutcomeUnknownError } from '../errors/publish-outcome-unknown-error.ts';
import { PublishRejectedError } from '../errors/publish-rejected-error.ts';
import { SendError, type SendErrorOptions } from '../errors/send-error.ts';
import { createTestClock } from '../ports/test-clock.test-support.ts';
import { createSendUntil, type SendPlan } from './send-until.ts';

const message: OutgoingMessage = {
  id: 'e1',
  type: 'shop.order.placed',
  headers: {},
  body: new Uint8Array([123, 125]),
};
const accepted: SendReceipt = { position: '7', duplicate: false };
const receiptOfAccepted = { id: 'e1', position: '7', duplicate: false };
const full: SendErrorOptions = { outcome: 'rejected', reason: 'full', retryable: true };
const forbidden: SendErrorOptions = { outcome: 'rejected', reason: 'forbidden', retryable: false };
const cut: SendErrorOptions = { outcome: 'unknown', reason: 'disconnected', retryable: true };

/** What the broker does at each try; the last repeats. `silent`: no answer until the signal aborts. `deaf`: not even then. */
type Answer = SendReceipt | SendErrorOptions | 'silent' | 'deaf' | Error;

function send(...answers: readonly Answer[]) {
  const clock = createTestClock();
  const triedAt: number[] = [];
  const deaf = Promise.withResolvers<SendReceipt>();
  const ids = new Set<string>();
  let ended = 0;
  const plan: SendPlan = {
    runtime: { clock, random: () => 1 },
    tryTimeoutMs: 5_000,
    ended: () => void (ended += 1),
    adapter: {
      async send({ id }, { signal }) {
        ids.add(id);
        const answer = answers[triedAt.length] ?? answers.at(-1);
        triedAt.push(clock.elapsed());
        if (answer === 'silent') {
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          throw new SendError('no answer', { outcome: 'unknown', reason: 'timeout', retryable: true });
        }
        if (answer === 'deaf') return await deaf.promise;
        if (answer instanceof Error) throw answer;
        if (answer !== undefined && 'outcome' in answer) throw new SendError(`told ${answer.reason}`, answer);
        return answer ?? accepted;
      },
    },
  };
  const result = createSendUntil(plan)(message, 10_000).then(
    (receipt) => ({ receipt, error: undefined, at: clock.elapsed(), ended }),
    (error: unknown) => ({ receipt: undefined, error, at: clock.elapsed(), ended }),
  );
  return { clock, triedAt, ids, result, deaf };
}

async function outcomeOf(...answers: readonly Answer[]) {
  const { clock, result, ...seen } = send(...answers);
  await clock.advance(30_000);
  return { ...(await result), ...seen, timers: clock.timers() };
}

describe('sendUntil', () => {
  it('is accepted at the first try', async () => {
    expect(await outcomeOf(accepted)).toMatchObject({ receipt: receiptOfAccepted, at: 0, triedAt: [0], ended: 1 });
  });

  it('tries again after a refusal that may pass, with pauses that double from 50 ms up to 2 s', async () => {
    const { receipt, triedAt } = await outcomeOf(full, full, full, full, full, full, full, full, accepted);
    expect(receipt).toEqual(receiptOfAccepted);
    expect(triedAt).toEqual([0, 50, 150, 350, 750, 1_550, 3_150, 5_150, 7_150]);
  });

  it('sends the same id at each try', async () => {
    const { ids, triedAt } = await outcomeOf(cut, full, accepted);
    expect(triedAt).toHaveLength(3);
    expect([...ids]).toEqual(['e1']);
  });

  it('is rejected at once when no other try can help', async () => {
    const { error, at } = await outcomeOf(forbidden);
    expect(PublishRejectedError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ reason: 'forbidden', retryable: false, tries: 1, eventId: 'e1' });
    expect(String(error)).toContain('Event e1 (shop.order.placed) was refused after one try: told forbidden');
    expect(at).toBe(0);
  });

  it('is rejected, and says that a later publish may succeed, when it was refused until the end', async () => {
    const { error, at } = await outcomeOf(full);
    expect(PublishRejectedError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ reason: 'full', retryable: true, tries: 10 });
    expect(at).toBe(9_150);
  });

  it('gives up on a silent try at half time, tries once more, and is unknown at its time', async () => {
    const { error, at, triedAt } = await outcomeOf('silent');
    expect(PublishOutcomeUnknownError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ tries: 2, eventId: 'e1', eventType: 'shop.order.placed', retryable: true });
    expect(triedAt).toEqual([0, 5_175]);
    expect(at).toBe(10_000);
  });

  it('is accepted when the answer was lost and the second try is answered', async () => {
    const { receipt, triedAt } = await outcomeOf('silent', { duplicate: true });
    expect(receipt).toEqual({ id: 'e1', duplicate: true });
    expect(triedAt).toHaveLength(2);
  });

  it.each([
    ['unknown then refused for good', [cut, forbidden]],
    ['unknown then refused until the end', [cut, full]],
    ['refused, unknown, then refused for good', [full, cut, forbidden]],
  ] as const)('is unknown, never rejected, after %s', async (_, answers) => {
    const { error } = await outcomeOf(...answers);
    expect(PublishOutcomeUnknownError.isInstance(error)).toBe(true);
  });

  it('takes any other error of an adapter for unknown, because nobody said that the broker refused', async () => {
    const { error, triedAt } = await outcomeOf(new TypeError('socket is undefined'), forbidden);
    expect(PublishOutcomeUnknownError.isInstance(error)).toBe(true);
    expect(triedAt).toHaveLength(2);
  });

  it('tries again after an unknown outcome even where the adapter calls it not retryable', async () => {
    expect(await outcomeOf({ ...cut, retryable: false }, accepted)).toMatchObject({ receipt: receiptOfAccepted });
  });

  it('keeps what the adapter threw as the cause, and says nothing of credentials', async () => {
    const thrown = new Error('cannot reach amqp://me:hunter2@broker');
    const { error } = await outcomeOf(thrown);
    expect(error).toHaveProperty('cause', thrown);
    expect(String(error)).not.toContain('hunter2');
  });

  it('does not wait for an adapter that ignores its signals: unknown, one second late at most', async () => {
    const { error, at, triedAt, ended, timers } = await outcomeOf('deaf');
    expect(PublishOutcomeUnknownError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ tries: 2, eventId: 'e1' });
    expect(String(error)).toContain('neither answered nor given up');
    expect({ triedAt, at, ended, timers }).toEqual({ triedAt: [0, 6_175], at: 11_000, ended: 1, timers: 0 });
  });

  it.each([
    ['accepted', accepted],
    ['refused', new SendError('no', forbidden)],
  ] as const)('is not %s by an answer that comes after its try was given up', async (_, late) => {
    const { clock, result, deaf } = send('deaf', full, full);
    await clock.advance(6_200);
    if (late instanceof Error) deaf.reject(late);
    else deaf.resolve(late);
    await clock.advance(30_000);
    expect(await result).toMatchObject({ error: { tries: expect.any(Number) }, ended: 1 });
    expect(clock.timers()).toBe(0);
  });

  it('leaves no timer behind', async () => {
    for (const answers of [[accepted], [forbidden], [full], ['silent'], [cut, accepted]] as const) {
      expect(await outcomeOf(...answers)).toMatchObject({ timers: 0 });
    }
  });
});
