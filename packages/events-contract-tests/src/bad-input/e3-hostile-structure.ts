import { InvalidEventError } from '@payments/events-core';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Bench } from '../bench/bench.ts';
import { pythonBody, pythonBodyOf } from '../bench/foreign.ts';
import { testEvents, type TestData } from '../bench/test-event.ts';
import type { Clause } from '../clause.ts';
import { between, equal, failsWith } from '../verdict.ts';
import { feed, type BadInput } from './feed.ts';

const longestBlockMs = 1_000;

export const E3: Clause = {
  id: 'E3',
  title: 'survives hostile structure: no prototype is changed, no stack exhausted, no loop blocked',
  async run(bench) {
    const before = prototypes();
    const delays = monitorEventLoopDelay({ resolution: 10 });
    delays.enable();
    await consumed(bench);
    await published(bench);
    delays.disable();
    equal(prototypes(), before, 'properties of the built-in prototypes');
    equal(Reflect.get({}, 'polluted'), undefined, 'a property of any object');
    between(delays.max / 1e6, 0, longestBlockMs, 'milliseconds the event loop was blocked at most');
  },
};

function prototypes(): readonly string[] {
  return [Object.prototype, Array.prototype, Function.prototype, String.prototype].flatMap((one) =>
    Reflect.ownKeys(one).map(String),
  );
}

async function consumed(bench: Bench): Promise<void> {
  const type = bench.typeIn('hostile');
  const adapter = bench.adapter();
  await bench.connect(adapter);
  const most = adapter.maxMessageBytes() - 2_048;
  const ofData = (dataText: string) => ({ body: pythonBodyOf(type, dataText) });
  const ofEnvelope = (fields: string) => ({ body: `${pythonBody(type, { n: 1 }).slice(0, -1)}, ${fields}}` });
  const undecodable = { dead: 'undecodable' };
  const manyKeys = Array.from({ length: Math.floor(most / 14) }, (_, n) => `"k${n}":0`).join(',');
  const inputs: readonly BadInput[] = [
    { name: '__proto__ in the envelope', message: ofEnvelope('"__proto__": {"polluted": 1}'), becomes: undecodable },
    { name: '__proto__ in the data', message: ofData('{"__proto__": {"polluted": 1}}'), becomes: undecodable },
    { name: 'an escaped __proto__', message: ofData('{"\\u005f_proto__": {"polluted": 1}}'), becomes: undecodable },
    {
      name: '__proto__ deep in the data',
      message: ofData('{"a": [{"b": {"__proto__": {"polluted": 1}}}]}'),
      becomes: undecodable,
    },
    {
      name: 'constructor.prototype',
      message: ofData('{"constructor": {"prototype": {"polluted": 1}}}'),
      becomes: 'handled-or-dead',
    },
    {
      name: 'names of methods',
      message: ofData('{"toString": 1, "hasOwnProperty": 1, "valueOf": 1, "then": 1, "toJSON": 1}'),
      becomes: 'handled-or-dead',
    },
    {
      name: 'arrays nested 100,000 deep',
      message: ofData('['.repeat(100_000) + ']'.repeat(100_000)),
      becomes: undecodable,
    },
    {
      name: 'objects nested 100,000 deep',
      message: ofData('{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000)),
      becomes: undecodable,
    },
    { name: 'brackets that never close', message: { body: '['.repeat(most) }, becomes: undecodable },
    { name: 'very many keys', message: ofData(`{${manyKeys}}`), becomes: 'handled-or-dead' },
    {
      name: 'very many equal keys',
      message: ofData(`{${'"a":1,'.repeat(Math.floor(most / 7))}"a":2}`),
      becomes: 'handled-or-dead',
    },
    {
      name: 'very many numbers',
      message: ofData(`[${'1.5,'.repeat(Math.floor(most / 5))}1]`),
      becomes: 'handled-or-dead',
    },
    {
      name: 'a number of very many digits',
      message: ofData(`{"n": ${'9'.repeat(most - 1_024)}}`),
      becomes: { dead: 'inexact-number' },
    },
    {
      name: 'a fraction of very many digits',
      message: ofData(`{"n": 0.${'1'.repeat(most - 1_024)}}`),
      becomes: { dead: 'inexact-number' },
    },
    { name: 'an exponent without end', message: ofData('{"n": 1e999999999}'), becomes: { dead: 'inexact-number' } },
    {
      name: 'very many backslashes',
      message: ofData(`{"text": "${'\\\\'.repeat(Math.floor(most / 2) - 1_024)}"}`),
      becomes: 'handled',
    },
    {
      name: 'very many quotes',
      message: ofData(`{"text": "${'\\"'.repeat(Math.floor(most / 2) - 1_024)}"}`),
      becomes: 'handled',
    },
    {
      name: 'a type of very many words',
      message: { body: pythonBody('a.'.repeat(Math.floor(most / 2) - 1_024), {}) },
      becomes: { dead: 'unknown-type' },
    },
    ...['__proto__', 'constructor', 'toString', 'hasOwnProperty'].map((name) => ({
      name: `a type called ${name}`,
      message: { body: pythonBody(name, {}) },
      becomes: { dead: 'unknown-type' },
    })),
    {
      name: 'a very long timestamp',
      message: {
        body: JSON.stringify({
          event_type: type,
          timestamp: `2026-11-23T09:00:00.${'1'.repeat(most - 2_048)}x`,
          data: {},
        }),
      },
      becomes: { dead: 'invalid-envelope' },
    },
    {
      name: 'a very long content type',
      message: { ...ofData('{"n": 1}'), headers: { 'content-type': `application/json;${';'.repeat(4_000)}` } },
      becomes: 'handled',
    },
  ];
  // Each is wanted by a pattern for everything, so that hostile types are looked at and not just left aside.
  await feed(bench, inputs, { label: 'hostile', type, consuming: { patterns: ['#'] } });
}

async function published(bench: Bench): Promise<void> {
  const type = bench.typeIn('hostiletoo');
  const { publisher } = await bench.publisher({ events: testEvents([type]) });
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level += 1) deep = [deep];
  const hostile: Readonly<Record<string, unknown>> = {
    'cyclic data': cyclic,
    'data nested 100,000 deep': deep,
    'an own __proto__': JSON.parse('{"__proto__": {"polluted": 1}}'),
    'a Map': new Map([['a', 1]]),
    'a function': { call: () => 1 },
    'a symbol': { symbol: Symbol('s') },
    'a Date': { at: new Date() },
    'a hole in a list': { list: [1, , 3] }, // oxlint-disable-line no-sparse-arrays
    'undefined in a list': { list: [undefined] },
    bytes: { bytes: new Uint8Array(3) },
    'an instance of a class': { url: new URL('http://localhost') },
    nothing: undefined,
  };
  for (const [name, data] of Object.entries(hostile)) {
    await failsWith(InvalidEventError, () => publisher.publish(type, data as TestData), `publishing ${name}`);
  }
}
