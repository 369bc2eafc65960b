import { pythonBody } from '../bench/foreign.ts';
import type { Clause } from '../clause.ts';
import { holds } from '../verdict.ts';
import { feed, type BadInput } from './feed.ts';

export const E1: Clause = {
  id: 'E1',
  title: 'dead-letters bodies that cannot be decoded at attempt 1, as raw bytes, and goes on',
  async run(bench) {
    const type = bench.typeIn('bodies');
    const adapter = bench.adapter();
    await bench.connect(adapter);
    const most = adapter.maxMessageBytes() - 1_024;
    const valid = pythonBody(type, { n: 1, text: 'marker-text' });
    const largest = most - Buffer.byteLength(pythonBody(type, { n: 1, text: '' }));
    const bodies: readonly (readonly [string, Uint8Array | string])[] = [
      ['empty', ''],
      ['a space', ' '],
      ['truncated', valid.slice(0, -10)],
      ['truncated in the middle of a character', Buffer.from(`${valid.slice(0, -3)}é`).subarray(0, -1)],
      ['two objects', valid + valid],
      ['no JSON', 'marker-text without quotes'],
      ['an array', '["marker-text"]'],
      ['a string', '"marker-text"'],
      ['a number', '42'],
      ['null', 'null'],
      ['true', 'true'],
      ['Latin-1', Buffer.from(valid.replace('marker', 'm\u00e4rker'), 'latin1')],
      ['UTF-16', Buffer.from(valid, 'utf16le')],
      ['a byte order mark', `\ufeff${valid}`],
      ['bytes that are no text', Uint8Array.from({ length: 256 }, (_, byte) => byte)],
      ['zero bytes', new Uint8Array(1_000)],
      ['overlong encoding', Buffer.from([0x7b, 0xc0, 0xaf, 0x7d])],
      ['huge and no JSON', Buffer.alloc(most, 'h')],
      ['huge and not UTF-8', Buffer.alloc(most, 0xff)],
    ];
    const inputs: readonly BadInput[] = [
      ...bodies.map(([name, body]) => ({ name, message: { body }, becomes: { dead: 'undecodable' } })),
      {
        name: 'huge and valid',
        message: { body: pythonBody(type, { n: 1, text: 'h'.repeat(largest) }) },
        becomes: 'handled',
      },
    ];
    const { process, consumer } = await feed(bench, inputs, { label: 'e1', type });
    for await (const { error } of process.operator(consumer.group).list()) {
      holds(!(error?.text ?? '').includes('marker-text'), `the error of a dead letter quotes its body: ${error?.text}`);
    }
  },
};
