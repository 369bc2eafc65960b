import fc from 'fast-check';
import type { Bench } from '../bench/bench.ts';
import { allAccepted } from '../bench/outcomes.ts';
import { testEvents } from '../bench/test-event.ts';
import type { Clause } from '../clause.ts';
import { equal, holds, some } from '../verdict.ts';
import { matchesByReference } from './reference-matcher.ts';

export const W1: Clause = {
  id: 'W1',
  title: 'selects by pattern as the reference matcher does: 24 patterns × 30 types, and 1,000 generated cases',
  patienceS: 300,
  async run(bench) {
    await chosenCases(bench);
    await generatedCases(bench);
  },
};

/** Each pattern in a group of its own, so that what the adapter bound for it stands alone. */
async function chosenCases(bench: Bench): Promise<void> {
  const types = chosenTypes(bench.namespace);
  const patterns = chosenPatterns(bench.namespace);
  equal([types.length, patterns.length], [30, 24], 'types and patterns');
  const events = testEvents(types);
  const process = await bench.process();
  const groups = patterns.map((pattern) => ({ pattern, group: bench.group('pattern') }));
  for (const { pattern, group } of groups) await process.consumer({ group, events, patterns: [pattern] }).start();

  const publisher = await bench.publisher({ events });
  allAccepted(await publisher.publishMany(types.length, (n) => ({ type: types[n]! })), 'publishes of 30 types');
  for (const { pattern, group } of groups) {
    await bench.settled(group, bench.timings.promptMs, ({ type }) => matchesByReference(pattern, type));
  }
  for (const { pattern, group } of groups) {
    const expected = types.filter((type) => matchesByReference(pattern, type)).toSorted();
    const handled = bench.ledger.runsOf(group).map(({ type }) => type);
    equal(handled.toSorted(), expected, `types handled by pattern "${pattern}"`);
  }
  await process.close();
}

function chosenTypes(n: string): readonly string[] {
  const inTopic = (topic: string) => [
    `${topic}.invoice`,
    `${topic}.invoice.paid`,
    `${topic}.invoice.created`,
    `${topic}.invoice.payment_failed`,
    `${topic}.invoice.line.added`,
    `${topic}.invoice.line.added.twice`,
    `${topic}.refund.created`,
    `${topic}.refund.paid`,
    `${topic}.paid`,
    `${topic}.paid.paid`,
  ];
  return [
    ...inTopic(n),
    ...inTopic(`payment.${n}`),
    ...inTopic(`${n}x`).slice(1, 7),
    `${n}.a.b.c.d.e.f.g`,
    `${n}.0.1_2`,
    `${n}._`,
    `payment.payment.${n}.paid`,
  ];
}

function chosenPatterns(n: string): readonly string[] {
  return [
    '#',
    '*.*',
    '*.*.*',
    '#.#',
    '*.#',
    '#.*',
    '*.#.*',
    '#.paid',
    '#.invoice.#',
    '*.invoice.*',
    '*.invoice.#',
    '*.*.invoice.#.added',
    'payment.#',
    'payment.*.paid',
    `payment.${n}.*`,
    `payment.#.created`,
    `${n}.#`,
    `${n}.*`,
    `${n}.*.paid`,
    `${n}.#.paid`,
    `${n}.invoice.paid`,
    `${n}.*.*.*.*.*.*.*`,
    `#.${n}x.#`,
    `${n}.#.line.#.twice`,
  ];
}

/** 40 generated patterns on one consumer, 25 generated types: 1,000 pairs, each decided by the whole way from broker to handler. */
async function generatedCases(bench: Bench): Promise<void> {
  const seed = Math.trunc(Math.random() * 0x7fffffff);
  const types = sample(typesIn(`${bench.namespace}g`), 25, seed);
  const patterns = sample(patternsAround(types), 40, seed, (pattern) =>
    types.some((type) => matchesByReference(pattern, type)),
  );
  const events = testEvents(types);
  const group = bench.group('generated');
  const process = await bench.process();
  const consumer = process.consumer({ group, events, patterns: [] });
  const seen = new Set<string>();
  for (const pattern of patterns) consumer.on(pattern, ({ type }) => void seen.add(`${pattern} ${type}`));
  await consumer.start();

  const publisher = await bench.publisher({ events });
  allAccepted(await publisher.publishMany(types.length, (n) => ({ type: types[n]! })), 'publishes of generated types');
  const wanted = ({ type }: { readonly type: string }) =>
    types.includes(type) && patterns.some((pattern) => matchesByReference(pattern, type));
  await bench.settled(group, bench.timings.promptMs, wanted);

  const cases = patterns.flatMap((pattern) => types.map((type) => ({ pattern, type, name: `${pattern} ${type}` })));
  equal(cases.length, 1_000, 'generated cases');
  const wrong = cases.filter(({ pattern, type, name }) => seen.has(name) !== matchesByReference(pattern, type));
  holds(
    wrong.length === 0,
    `pattern and type, decided otherwise than by the reference: ${some(
      wrong.map(({ name }) => name),
      'case',
    )} (seed ${seed})`,
  );
}

const word = fc.constantFrom('a', 'b', 'paid', 'paid_late', '7', '_');

function typesIn(topic: string): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom('', 'payment.'), fc.array(word, { minLength: 1, maxLength: 5 }))
    .map(([prefix, words]) => `${prefix}${[topic, ...words].join('.')}`);
}

/** A type's words, each kept, turned into a wildcard, left out, doubled or exchanged: near misses as well as hits. */
function patternsAround(types: readonly string[]): fc.Arbitrary<string> {
  const change = fc.constantFrom<'keep' | 'star' | 'hash' | 'drop' | 'hash-before' | 'other'>(
    ...(['keep', 'keep', 'star', 'hash', 'drop', 'hash-before', 'other'] as const),
  );
  return fc
    .tuple(fc.constantFrom(...types), fc.array(change, { minLength: 7, maxLength: 7 }), word)
    .map(([type, changes, other]) => {
      const words = type.split('.').flatMap((own, index) => {
        switch (changes[index]) {
          case 'star':
            return ['*'];
          case 'hash':
            return ['#'];
          case 'drop':
            return [];
          case 'hash-before':
            return ['#', own];
          case 'other':
            return [other];
          default:
            return [own];
        }
      });
      return words.length === 0 ? '#' : words.join('.');
    });
}

function sample(
  from: fc.Arbitrary<string>,
  count: number,
  seed: number,
  fits: (text: string) => boolean = () => true,
): readonly string[] {
  const found = new Set<string>();
  for (let round = 0; found.size < count && round < 200; round += 1) {
    for (const text of fc.sample(from, { seed: seed + round, numRuns: 50 }))
      if (found.size < count && fits(text)) found.add(text);
  }
  return [...found];
}
