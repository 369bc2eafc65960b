import { randomUUID } from 'node:crypto';
import { jsonCodec, NonRetryableError, type DeadLetterEntry } from '@payments/events-core';
import type { Bench } from '../bench/bench.ts';
import { allAccepted } from '../bench/outcomes.ts';
import { collect } from '../bench/collect.ts';
import type { Clause } from '../clause.ts';
import { between, equal, fail, holds } from '../verdict.ts';

class CardDeclinedError extends NonRetryableError {
  override readonly name = 'CardDeclinedError';
}

export const L1: Clause = {
  id: 'L1',
  title:
    'dead-letters the original bytes, headers, key and id with group, attempts, times, error class and redacted text, foreign messages too',
  async run(bench) {
    const { time, ledger } = bench;
    const group = bench.group();
    await bench.consume({
      group,
      retry: { maxAttempts: 3, initialDelayMs: 300, factor: 1, jitter: 'none' },
      handle({ event }) {
        if (event.data.n === 0)
          throw new CardDeclinedError('no answer from amqp://shop:hunter2@broker:5672 with password=sesame');
        throw new TypeError('never works');
      },
    });
    const startedAt = time.now();
    const publisher = await bench.publisher();
    const headers = { 'x-tenant': 'acme é', 'x-empty': '' };
    const outcomes = await publisher.publishMany(2, (n) => ({
      key: `key-${n}`,
      headers,
      data: { n, text: 'x'.repeat(1_000) },
    }));
    allAccepted(outcomes, '2 publishes');
    const foreign = await sendForeign(bench);
    await bench.settled(group);
    await bench.judge(group);

    const operator = (await bench.process()).operator(group);
    const letters = new Map(
      (await collect(operator.list())).map((letter) => [letter.message.id ?? letter.event?.id, letter]),
    );
    equal(letters.size, 3, 'dead letters');
    for (const id of [outcomes[0]!.id, outcomes[1]!.id, foreign]) {
      const letter = letters.get(id) ?? fail(`no dead letter has the id ${id}`);
      isOriginal(bench, id, letter);
      between(letter.diedAt.getTime(), startedAt, time.now(), `when ${id} died`);
    }

    const declined = letters.get(outcomes[0]!.id)!;
    equal(
      [declined.reason, declined.attempts, declined.error?.name],
      ['non-retryable', 1, 'CardDeclinedError'],
      'the declined letter',
    );
    const text = declined.error?.text ?? '';
    holds(
      text.includes('no answer from') && !/hunter2|sesame/.test(text),
      `the error's text is kept and redacted; it is "${text}"`,
    );
    const exhausted = letters.get(outcomes[1]!.id)!;
    equal(
      [exhausted.reason, exhausted.attempts, exhausted.error?.name],
      ['attempts-exhausted', 3, 'TypeError'],
      'the exhausted letter',
    );
    const { firstFailedAt, lastFailedAt } = exhausted;
    holds(firstFailedAt !== undefined && lastFailedAt !== undefined, 'the letter says when it first and last failed');
    between(
      lastFailedAt.getTime() - firstFailedAt.getTime(),
      600,
      600 + 1_000,
      'milliseconds between first and last failure',
    );
    equal(ledger.runsOf(group, outcomes[1]!.id).length, 3, 'runs of the exhausted event');
  },
};

/** As another library would send it, decodable all the same. */
async function sendForeign(bench: Bench): Promise<string> {
  const id = randomUUID();
  const event = {
    id,
    type: bench.type,
    time: new Date(bench.time.now()).toISOString(),
    source: '/foreign',
    key: 'foreign',
    data: { n: 2 },
  };
  await bench.sendForeign({
    id,
    type: bench.type,
    key: 'foreign',
    headers: { 'content-type': jsonCodec.contentType, 'x-foreign': 'yes' },
    body: jsonCodec.encode(event),
  });
  return id;
}

function isOriginal(bench: Bench, id: string, letter: DeadLetterEntry): void {
  const intent = bench.ledger.intents.find((one) => one.id === id) ?? fail(`${id} was never meant`);
  const { message } = letter;
  holds(Buffer.compare(intent.body, message.body) === 0, `dead letter ${id}: the body differs from the original bytes`);
  for (const [name, value] of Object.entries(intent.headers))
    equal(message.headers[name], value, `dead letter ${id}: header ${name}`);
  equal(message.key, intent.key, `dead letter ${id}: key`);
  equal(message.id, intent.id, `dead letter ${id}: id`);
  equal(message.type, intent.type, `dead letter ${id}: type`);
}
