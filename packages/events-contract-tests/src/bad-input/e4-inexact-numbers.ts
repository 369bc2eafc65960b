import { InvalidEventError } from '@payments/events-core';
import type { Bench } from '../bench/bench.ts';
import { pythonBodyOf } from '../bench/foreign.ts';
import { allAccepted } from '../bench/outcomes.ts';
import { testEvents, type TestData } from '../bench/test-event.ts';
import type { Clause } from '../clause.ts';
import { equal, failsWith } from '../verdict.ts';
import { feed, type BadInput } from './feed.ts';

export const E4: Clause = {
  id: 'E4',
  title: 'refuses or dead-letters numbers that cannot be carried exactly, and carries all others exactly',
  async run(bench) {
    await published(bench);
    await consumed(bench);
  },
};

const inexact = [
  '9007199254740992',
  '9007199254740993',
  '-9007199254740993',
  '12345678901234567890',
  '1e400',
  '-1e400',
  '1e-400',
  '1E30',
  '9007199254740993.0',
  '0.1234567890123456789',
  '123456789.123456789123',
  '0.10000000000000000555',
];
const exact = [
  '0',
  '-1',
  '0.1',
  '1.10',
  '49.99',
  '1e3',
  '1E+3',
  '2.5e-3',
  '9007199254740991',
  '-9007199254740991',
  '0.000001',
  '123456789.12',
  '5e-324',
];

async function consumed(bench: Bench): Promise<void> {
  const type = bench.typeIn('numbers');
  const shapes = [(number: string) => `{"n": ${number}}`, (number: string) => `{"list": [1, {"deep": [${number} ]}]}`];
  const inputs = shapes.flatMap((shape) => [
    ...inexact.map((number): BadInput => ({
      name: shape(number),
      message: { body: pythonBodyOf(type, shape(number)) },
      becomes: { dead: 'inexact-number' },
    })),
    ...exact.map((number): BadInput => {
      const data: unknown = JSON.parse(shape(number));
      return { name: shape(number), message: { body: pythonBodyOf(type, shape(number)) }, becomes: 'handled', data };
    }),
  ]);
  const asText = inexact.map((number): BadInput => {
    const data = { n: number };
    return {
      name: `"${number}"`,
      message: { body: pythonBodyOf(type, JSON.stringify(data)) },
      becomes: 'handled',
      data,
    };
  });
  await feed(bench, [...inputs, ...asText], { label: 'numbers', type });
}

async function published(bench: Bench): Promise<void> {
  const type = bench.typeIn('numberstoo');
  const events = testEvents([type]);
  const group = bench.group('published');
  const seen: unknown[] = [];
  await bench.consume({
    group,
    events,
    patterns: [type],
    ordering: 'key',
    handle: ({ event }) => void seen.push(event.data.n),
  });
  const publisher = await bench.publisher({ events });
  for (const number of [Number.NaN, Infinity, -Infinity, 2 ** 53, -(2 ** 53), 1e300, 10n]) {
    for (const data of [{ n: number }, { n: 1, list: [{ number }] }]) {
      await failsWith(
        InvalidEventError,
        () => publisher.publisher.publish(type, data as TestData),
        `publishing ${String(number)}`,
      );
    }
  }
  const numbers = exact.map(Number);
  for (const n of numbers) allAccepted([await publisher.publish({ type, key: 'one', data: { n } })], `publishing ${n}`);
  await bench.settled(group, bench.timings.promptMs, (intent) => intent.type === type);
  equal(seen, numbers, 'numbers that were handled');
}
