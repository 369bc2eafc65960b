import { InvalidEventError, PublishRejectedError } from '@payments/events-core';
import fc from 'fast-check';
import type { Bench } from '../bench/bench.ts';
import { pythonBodyOf } from '../bench/foreign.ts';
import type { PublishWhat } from '../bench/publishing.ts';
import { testEvents } from '../bench/test-event.ts';
import type { Clause } from '../clause.ts';
import { equal, fail, holds, show } from '../verdict.ts';
import { feed, type BadInput } from './feed.ts';

export const E5: Clause = {
  id: 'E5',
  title: 'carries any Unicode in body, headers and key byte for byte, or refuses it',
  async run(bench) {
    await published(bench);
    await consumed(bench);
  },
};

const texts: readonly string[] = [
  'plain',
  ' spaces around ',
  'caf\u00e9 composed',
  'cafe\u0301 decomposed',
  '日本語',
  'שלום \u202e right to left \u202c',
  '👩‍👩‍👧 𝒳 🇪🇺',
  'e\u0301\u0302\u0303\u0304\u0305'.repeat(20),
  'İıſß',
  '\u2028 \u2029 line and paragraph',
  '\ufeff byte order mark',
  '\ufffd replacement, \uffff no character, \u{10ffff} the last one',
  '"quotes" \\backslashes\\ %00 %F0 {json} [list] <xml/> ${x}',
  'tab\tand line\r\nbreaks: injection',
  '\u0000 zero',
  '\u001b[31m escape',
  '\u007f \u0085 \u009f more controls',
  'half \ud83d of a pair',
  '\udc00 the other half',
  '',
];
const places = ['body', 'header', 'key'] as const;

async function published(bench: Bench): Promise<void> {
  const type = bench.typeIn('unicode');
  const events = testEvents([type]);
  const group = bench.group('unicode');
  const seen = new Map<string, string | undefined>();
  await bench.consume({
    group,
    events,
    patterns: [type],
    handle: ({ event }) => void seen.set(event.id, event.data.text),
  });
  const publisher = await bench.publisher({ events });
  const seed = Math.trunc(Math.random() * 0x7fffffff);
  const generated = fc.sample(fc.string({ unit: 'binary', maxLength: 40 }), { seed, numRuns: 100 });
  const accepted = new Map<(typeof places)[number], number>();

  for (const [n, text] of [...texts, ...generated].entries()) {
    for (const place of places) {
      const { fate, error, what } = await publisher.publish(whatWith(text, place, n, type));
      if (fate === 'accepted') accepted.set(place, (accepted.get(place) ?? 0) + 1);
      else if (!InvalidEventError.isInstance(error) && !PublishRejectedError.isInstance(error)) {
        fail(
          `${JSON.stringify(text)} as ${place} is carried or refused (seed ${seed}), but it was ${fate}: ${show(error)}`,
        );
      } else holds(!seen.has(what.id), `${JSON.stringify(text)} as ${place} was refused and delivered`);
    }
  }
  const wellFormed = texts.filter((text) => text.isWellFormed() && !/\p{Cc}/u.test(text));
  holds(
    (accepted.get('body') ?? 0) >= texts.length,
    `the body carries any text; only ${accepted.get('body')} were accepted`,
  );
  for (const place of ['header', 'key'] as const) {
    holds(
      (accepted.get(place) ?? 0) >= wellFormed.length - 1,
      `well-formed text without control characters travels as ${place}; only ${accepted.get(place)} did`,
    );
  }
  const ours = (intent: { readonly type: string }) => intent.type === type;
  await bench.settled(group, bench.timings.promptMs, ours);
  // The ledger compares bodies, headers and keys as bytes.
  await bench.judge(group, { of: ours });
  const bodies = bench.ledger.withFate('accepted').filter(ours);
  for (const { id, body } of bodies) {
    equal(
      seen.get(id),
      (JSON.parse(Buffer.from(body).toString()) as { data: { text: string } }).data.text,
      'the text a handler saw',
    );
  }
}

function whatWith(text: string, place: (typeof places)[number], n: number, type: string): PublishWhat {
  if (place === 'body') return { type, data: { n, text } };
  if (place === 'key') return { type, key: text, data: { n, text: '' } };
  return { type, headers: { 'x-text': text }, data: { n, text: '' } };
}

/** Written as it is and as escapes: both are JSON, and the bytes that came must be those that were sent. */
async function consumed(bench: Bench): Promise<void> {
  const type = bench.typeIn('unicodetoo');
  const escaped = (text: string) =>
    `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`;
  const inputs = texts.flatMap((text): readonly BadInput[] => {
    const named = (name: string, dataText: string): BadInput => ({
      name,
      message: { body: pythonBodyOf(type, dataText) },
      becomes: 'handled',
      data: { text },
    });
    const readable = named(`readable ${JSON.stringify(text)}`, `{"text": ${JSON.stringify(text)}}`);
    return [named(`escaped ${JSON.stringify(text)}`, `{"text": ${escaped(text)}}`), readable];
  });
  await feed(bench, inputs, { label: 'unicode-foreign', type });
}
