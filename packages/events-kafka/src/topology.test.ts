import { compilePattern } from '@payments/events-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canMatch, namesOf, needsWatch, topicOf, topicsOf, topicsToRead } from './topology.ts';

const entity = { topicPrefix: 'payments.', topicStrategy: 'entity' } as const;
const byType = { topicPrefix: 'payments.', topicStrategy: 'type' } as const;
const spec = {
  group: 'ledger',
  ordering: 'none',
  patterns: ['transaction.*'],
  types: ['transaction.created', 'payment.transaction.failed'],
  retryDelaysMs: [1_000, 5_000],
} as const;

const words = fc.constantFrom('payment', 'a', 'b_c', 'b', 'c', '_');
const type = fc.array(words, { minLength: 2, maxLength: 5 }).map((all) => all.join('.'));
/** A type and a pattern that matches it. */
const matched = fc
  .tuple(type, fc.array(fc.constantFrom('word', '*', '#', '# before'), { minLength: 5, maxLength: 5 }))
  .map(([published, choices]) => {
    const replaced = published.split('.').flatMap((word, at) => {
      const choice = choices[at];
      if (choice === '# before') return ['#', word];
      return [choice === 'word' ? word : choice!];
    });
    return { published, asked: replaced.join('.') };
  });
const group = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,62}$/);

test('the topics of a group, its own beside those that hold events', () => {
  expect(topicsOf(entity, spec)).toEqual({
    main: ['payments.transaction'],
    retry: [
      { topic: 'payments.ledger.retry-1000ms', stepMs: 1_000 },
      { topic: 'payments.ledger.retry-5000ms', stepMs: 5_000 },
    ],
    now: 'payments.ledger.retry-now',
    dead: 'payments.ledger.dead-letters',
  });
  expect(topicsOf(entity, { ...spec, ordering: 'key' }).now).toBe('payments.ledger.retry-now-by-key');
  expect(topicsOf(byType, spec).main).toEqual(['payments.payment_transaction_failed', 'payments.transaction_created']);
});

test('what is read besides: topics that a pattern can match, and steps of an earlier policy', () => {
  const existing = [
    'payments.transaction',
    'payments.invoice',
    'payments.ledger.retry-77ms',
    'payments.other.retry-5ms',
  ];
  const { main, retry } = topicsToRead(entity, { ...spec, patterns: ['#.created', 'order.#'] }, existing);
  expect(main).toEqual(['payments.invoice', 'payments.order', 'payments.transaction']);
  expect(retry.map(({ stepMs }) => stepMs)).toEqual([77, 1_000, 5_000]);
});

test('no topic of one group is one of another, nor one of events, also not in the eyes of Kafka', () => {
  // It takes `.` and `_` for the same in names of metrics, and refuses topics that differ in nothing else.
  const seen = (topic: string) => topic.replaceAll('.', '_');
  const ownOf = (name: string) => {
    const { dead, now, nowByKey, retry } = namesOf(entity, name);
    return [dead, now, nowByKey, retry(5), retry(50)].map(seen);
  };
  fc.assert(
    fc.property(group, group, type, (one, other, published) => {
      const names = [...ownOf(one), ...(one === other ? [] : ownOf(other)), seen(topicOf(byType, published))];
      expect(new Set([...names, seen(topicOf(entity, published))]).size).toBeGreaterThanOrEqual(names.length);
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(name.length).toBeLessThanOrEqual(249);
      expect(canMatch(entity, ['#'])(namesOf(entity, one).dead)).toBe(false);
    }),
  );
});

test('steps are read back from names, and from nothing else', () => {
  const { retry, stepOf, now, nowByKey, dead } = namesOf(entity, 'a');
  fc.assert(fc.property(fc.integer({ min: 1, max: 1e12 }), (stepMs) => stepOf(retry(stepMs)) === stepMs));
  for (const topic of [now, nowByKey, dead, 'payments.a.retry-05ms', 'payments.ab.retry-5ms'])
    expect(stepOf(topic)).toBeUndefined();
});

test('a name that is too long is refused', () => {
  const long = `${'a'.repeat(198)}.b`;
  expect(() => topicOf({ ...byType, topicPrefix: 'p'.repeat(100) }, long)).toThrow(
    /300 characters, and Kafka takes 249/,
  );
});

test('two types that would share a topic of their own are refused', () => {
  const types = ['a.b_c', 'a_b.c'];
  expect(() => topicsOf(byType, { ...spec, types })).toThrow(expect.objectContaining({ path: 'topicStrategy' }));
  expect(topicsOf(entity, { ...spec, patterns: ['a.#', 'a_b.#'], types }).main).toHaveLength(2);
});

describe.each([entity, byType])('with topicStrategy $topicStrategy', (settings) => {
  test('a topic of what a pattern matches can be matched', () => {
    fc.assert(
      fc.property(matched, ({ asked, published }) => {
        expect(compilePattern(asked)(published)).toBe(true);
        expect(canMatch(settings, [asked])(topicOf(settings, published))).toBe(true);
      }),
    );
  });

  test('where no watch is needed, what a pattern matches lies in topics that are known', () => {
    fc.assert(
      fc.property(matched, ({ asked, published }) => {
        fc.pre(!needsWatch(settings, [asked]));
        const { main } = topicsOf(settings, { ...spec, patterns: [asked], types: [] });
        expect(main).toContain(topicOf(settings, published));
      }),
    );
  });
});

test.each([
  ['transaction.*', 'payments.transaction', true],
  ['payment.transaction.*', 'payments.transaction', true],
  ['transaction.*', 'payments.invoice', false],
  ['payment.*', 'payments.invoice', true],
  ['*.created', 'payments.invoice', true],
  ['#', 'payments.invoice', true],
  ['#', 'payments.ledger.dead-letters', false],
  ['#', 'others.invoice', false],
])('whether %s can be in %s', (asked, topic, expected) => {
  expect(canMatch(entity, [asked])(topic)).toBe(expected);
});

test('a pattern with very many wildcards is read in no time', () => {
  const asked = Array.from({ length: 60 }, () => '#.*').join('.');
  const began = performance.now();
  canMatch(byType, [asked])(`payments.${Array.from({ length: 100 }, () => 'a').join('_')}`);
  expect(performance.now() - began).toBeLessThan(1_000);
});
