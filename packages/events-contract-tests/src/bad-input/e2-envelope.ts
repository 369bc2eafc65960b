import { defineEvents, type EventDefinition } from '@payments/events-core';
import type { Bench } from '../bench/bench.ts';
import { pythonBody, pythonBodyOf } from '../bench/foreign.ts';
import { testEvents, type TestEvents } from '../bench/test-event.ts';
import type { Clause } from '../clause.ts';
import { equal } from '../verdict.ts';
import { feed, type BadInput } from './feed.ts';

export const E2: Clause = {
  id: 'E2',
  title:
    'dead-letters wrong envelopes, treats unknown types as onUnknownType says, accepts extra fields, converts foreign amounts exactly or not at all',
  async run(bench) {
    await envelopes(bench);
    await schemas(bench);
    await unknownTypes(bench, 'deadLetter');
    await unknownTypes(bench, 'ignore');
    await amounts(bench, undefined);
    await amounts(bench, 'minor');
    await amounts(bench, 'major');
  },
};

async function envelopes(bench: Bench): Promise<void> {
  const type = bench.typeIn('envelopes');
  const right = { event_type: type, timestamp: '2026-11-23T09:00:36.165575+00:00', data: { n: 1 } };
  const without = (field: keyof typeof right) =>
    Object.fromEntries(Object.entries(right).filter(([name]) => name !== field));
  const wrong: readonly (readonly [string, object])[] = [
    ['an empty object', {}],
    ['no event_type', without('event_type')],
    ['an empty event_type', { ...right, event_type: '' }],
    ['an event_type that is a number', { ...right, event_type: 5 }],
    ['an event_type that is a list', { ...right, event_type: [type] }],
    ['no timestamp', without('timestamp')],
    ['an empty timestamp', { ...right, timestamp: '' }],
    ['a timestamp that is a number', { ...right, timestamp: 1_790_000_000 }],
    ['a timestamp in words', { ...right, timestamp: 'yesterday' }],
    ['30 February', { ...right, timestamp: '2026-02-30T09:00:00Z' }],
    ['hour 24', { ...right, timestamp: '2026-11-23T24:00:00Z' }],
    ['no data', without('data')],
    ['an empty id', { ...right, id: '' }],
    ['an id that is a number', { ...right, id: 5 }],
    ['an id of 201 characters', { ...right, id: 'i'.repeat(201) }],
    ['an id with a line break', { ...right, id: 'a\nb' }],
    ['an empty key', { ...right, key: '' }],
    ['a key that is an object', { ...right, key: {} }],
    ['a key of 256 bytes', { ...right, key: 'k'.repeat(256) }],
    ['a source that is a number', { ...right, source: 5 }],
  ];
  const extra = {
    ...right,
    version: 7,
    metadata: { tags: ['a', null], nested: { data: { n: 9 } } },
    'x-custom': true,
    correlation_id: null,
  };
  const inputs: readonly BadInput[] = [
    ...wrong.map(([name, body]) => ({
      name,
      message: { body: JSON.stringify(body) },
      becomes: { dead: 'invalid-envelope' },
    })),
    {
      name: 'the Python library’s own shape',
      message: { body: pythonBody(type, { n: 1 }) },
      becomes: 'handled',
      data: { n: 1 },
    },
    { name: 'extra fields', message: { body: JSON.stringify(extra) }, becomes: 'handled', data: { n: 1 } },
    {
      name: 'extra fields in the data',
      message: { body: pythonBody(type, { n: 1, more: [{ and: 'more' }] }) },
      becomes: 'handled',
      data: { n: 1, more: [{ and: 'more' }] },
    },
    {
      name: 'a naive timestamp',
      message: { body: JSON.stringify({ ...right, timestamp: '2026-11-23T09:00:36' }) },
      becomes: 'handled',
    },
    {
      name: 'a foreign content type',
      message: { body: JSON.stringify(right), headers: { 'content-type': 'text/plain; charset=latin1' } },
      becomes: 'handled',
    },
  ];
  await feed(bench, inputs, { label: 'envelopes', type });
}

/** A catalogue whose schema asks for a whole `n`. */
async function schemas(bench: Bench): Promise<void> {
  const type = bench.typeIn('schemas');
  const schema = {
    '~standard': {
      version: 1 as const,
      vendor: 'contract-tests',
      validate: (value: unknown) =>
        typeof value === 'object' && value !== null && 'n' in value && Number.isInteger(value.n)
          ? { value }
          : { issues: [{ message: 'must be a whole number', path: ['n'] }] },
    },
  };
  const events = defineEvents({ [type]: schema }) as unknown as TestEvents;
  const dead = { dead: 'invalid-data' };
  await feed(
    bench,
    [
      { name: 'data that is null', message: { body: pythonBody(type, null) }, becomes: dead },
      { name: 'data that is a list', message: { body: pythonBody(type, []) }, becomes: dead },
      { name: 'a field of the wrong type', message: { body: pythonBody(type, { n: 'one' }) }, becomes: dead },
      { name: 'data that fits', message: { body: pythonBody(type, { n: 2 }) }, becomes: 'handled', data: { n: 2 } },
    ],
    { label: 'schemas', type, events },
  );
}

async function unknownTypes(bench: Bench, onUnknownType: 'deadLetter' | 'ignore'): Promise<void> {
  const type = bench.typeIn(`unknown${onUnknownType.toLowerCase()}`);
  const topic = type.split('.')[0]!;
  const unknown = [
    `${topic}.test.unheard_of`,
    `${topic}.Test.OutsideTheGrammar`,
    `${topic}.test.${'long'.repeat(60)}`,
    `${topic}.test.a-b`,
  ];
  const becomes = onUnknownType === 'ignore' ? 'acknowledged' : { dead: 'unknown-type' };
  const { consumer } = await feed(
    bench,
    // The routing key is a known one: what the body says is what it is.
    unknown.map((name) => ({ name, message: { body: pythonBody(name, { n: 1 }) }, becomes })),
    { label: `unknown-${onUnknownType.toLowerCase()}`, type, consuming: { patterns: [`${topic}.#`], onUnknownType } },
  );
  equal(
    consumer.stats().unmatched,
    onUnknownType === 'ignore' ? unknown.length : 0,
    `${onUnknownType}: events counted as unmatched`,
  );
}

const places = { EUR: 2, JPY: 0, KWD: 3 } as const;
type Currency = keyof typeof places;
/** Text on the wire, currency, and the minor units it means in major units (`undefined`: none exactly). */
const written: readonly (readonly [amount: string, currency: Currency, minor: number | undefined])[] = [
  ['49.99', 'EUR', 4_999],
  ['19.99', 'EUR', 1_999],
  ['0.29', 'EUR', 29],
  ['1.10', 'EUR', 110],
  ['4999', 'EUR', 499_900],
  ['1e2', 'EUR', 10_000],
  ['0', 'EUR', 0],
  ['9007199254740.99', 'EUR', 900_719_925_474_099],
  ['900719925474099.5', 'EUR', undefined],
  ['99999999999999', 'EUR', undefined],
  ['90071992547409', 'EUR', 9_007_199_254_740_900],
  ['0.001', 'EUR', undefined],
  ['1.005', 'EUR', undefined],
  ['500', 'JPY', 500],
  ['500.0', 'JPY', 500],
  ['5.5', 'JPY', undefined],
  ['1.234', 'KWD', 1_234],
  ['1.2345', 'KWD', undefined],
];

async function amounts(bench: Bench, mode: 'minor' | 'major' | undefined): Promise<void> {
  const type = bench.typeIn(`amounts${mode ?? 'unstated'}`);
  const definition: EventDefinition<unknown> = {
    ...(testEvents([type])[type] as EventDefinition<unknown>),
    amounts: { fields: ['amount', 'fee'], currency: 'currency' },
  };
  const events = defineEvents({ [type]: definition }) as unknown as TestEvents;
  const inputs = written.map(([text, currency, minor]): BadInput => {
    const message = { body: pythonBodyOf(type, `{"amount": ${text}, "fee": null, "currency": "${currency}"}`) };
    const name = `${text} ${currency}`;
    const data = (amount: number) => ({ amount, fee: null, currency });
    if (mode === undefined) return { name, message, becomes: { dead: 'foreign-amounts' } };
    // Minor units are taken as they are; whether a fraction of a cent is data at all is the schema's question.
    if (mode === 'minor') return { name, message, becomes: 'handled', data: data(Number(text)) };
    return minor === undefined
      ? { name, message, becomes: { dead: 'foreign-amounts' } }
      : { name, message, becomes: 'handled', data: data(minor) };
  });
  const ours = JSON.stringify({
    id: `ours-${mode}`,
    event_type: type,
    timestamp: '2026-11-23T09:00:36Z',
    source: '/x',
    data: { amount: 4999, currency: 'EUR' },
  });
  const others: readonly BadInput[] = [
    // Sixteen digits that a number does not carry are refused before anybody asks what they mean.
    {
      name: 'more digits than a number carries',
      message: { body: pythonBodyOf(type, '{"amount": 90071992547409.91, "currency": "EUR"}') },
      becomes: { dead: 'inexact-number' },
    },
    {
      name: 'no amount',
      message: { body: pythonBody(type, { currency: 'EUR' }) },
      becomes: 'handled',
      data: { currency: 'EUR' },
    },
    {
      name: 'an event with an id, so of this library',
      message: { body: ours },
      becomes: 'handled',
      data: { amount: 4_999, currency: 'EUR' },
    },
    ...(mode === 'major'
      ? ([
          {
            name: 'an amount without a currency',
            message: { body: pythonBody(type, { amount: 1 }) },
            becomes: { dead: 'foreign-amounts' },
          },
          {
            name: 'an amount in no currency',
            message: { body: pythonBody(type, { amount: 1, currency: 'ABC' }) },
            becomes: { dead: 'foreign-amounts' },
          },
          {
            name: 'an amount that is text',
            message: { body: pythonBody(type, { amount: '1', currency: 'EUR' }) },
            becomes: { dead: 'foreign-amounts' },
          },
        ] as const)
      : []),
  ];
  const consuming = mode === undefined ? {} : { foreign: { amounts: mode } };
  const { process, consumer } = await feed(bench, [...inputs, ...others], {
    label: `amounts-${mode ?? 'unstated'}`,
    type,
    events,
    consuming,
  });
  if (mode !== undefined) return;
  for await (const { reason, error } of process.operator(consumer.group).list()) {
    if (reason === 'foreign-amounts')
      equal(
        error?.text.includes('foreign: { amounts'),
        true,
        'the error of an amount whose unit is not known names the option',
      );
  }
}
