import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UndecodableError } from '../errors/undecodable-error.ts';
import { jsonCodec } from './json-codec.ts';

const decodeText = (text: string) => jsonCodec.decode(new TextEncoder().encode(text));
/** An event around data given as JSON text. */
const bodyAround = (data: string) => `{"event_type":"a.b","timestamp":"2026-11-23T09:00:36Z","data":${data}}`;

function reasonFor(text: string): string | undefined {
  try {
    decodeText(text);
    return undefined;
  } catch (error) {
    return UndecodableError.isInstance(error) ? error.reason : `not an UndecodableError: ${String(error)}`;
  }
}

describe('a number', () => {
  it.each([
    '9007199254740991',
    '-9007199254740991',
    '0.1',
    '-0',
    '1.50',
    '1e3',
    '1E-7',
    '0.30000000000000004',
    '5e-324',
    '100000.0000000000000000000',
    '1.7976931348623157',
  ])('%s is carried exactly', (text) =>
    expect(decodeText(bodyAround(`{"n": ${text} }`)).data).toEqual({ n: Number(text) }),
  );

  it.each([
    '9007199254740992',
    '-9007199254740993',
    '12345678901234567890',
    '0.1000000000000000055511151231257827',
    '1e400',
    '-1e400',
    '1e-400',
    '1e22',
    '1.00000000000000000001',
    '9007199254740990.5',
    '1E400',
  ])('%s cannot be carried exactly, wherever it stands', (text) => {
    expect(reasonFor(bodyAround(`{"n":${text}}`))).toBe('inexact-number');
    expect(reasonFor(bodyAround(`[[1, ${text}\n]]`))).toBe('inexact-number');
    expect(reasonFor(bodyAround(`{"a":"\\\\","n":${text}}`))).toBe('inexact-number');
    expect(reasonFor(`{"n":${text},${bodyAround('1').slice(1)}`)).toBe('inexact-number');
  });

  it('in a text is text', () => {
    const data = {
      card: '4242424242424242',
      note: 'see: 12345678901234567890, 1e400]',
      quote: '\\" 1e400}',
      '1e400,': 1,
    };
    expect(decodeText(bodyAround(JSON.stringify(data))).data).toEqual(data);
  });

  it('of ours always comes back as it went', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        fc.pre(!Number.isInteger(number) || Number.isSafeInteger(number));
        const { data } = jsonCodec.decode(
          jsonCodec.encode({ id: '1', type: 'a.b', time: '2026-11-23T09:00:36.165Z', source: '', data: [number] }),
        );
        expect(data).toEqual([number === 0 ? 0 : number]);
      }),
      { numRuns: 2_000, seed: 1 },
    );
  });

  it('is known digit for digit directly in the data, and nowhere else', () => {
    const decoded = decodeText(
      '{"amount": 1, "event_type":"a.b","timestamp":"2026-11-23T09:00:36Z","data":{"\\u0061mount":49.990,"b":{"amount":2,"c":3},"list":[4],"text":"5","a\\"b":6e0,"last":-0.10},"more":{"last":7}}',
    );
    expect(['amount', 'a"b', 'last'].map(decoded.numberText)).toEqual(['49.990', '6e0', '-0.10']);
    expect(['b', 'c', 'list', '0', 'text', 'more', 'toString', 'data'].map(decoded.numberText)).toEqual(
      Array(8).fill(undefined),
    );
  });

  it('is not known where the data is no object', () => {
    for (const data of ['1', 'null', '[1]', '"1"'])
      expect(decodeText(bodyAround(data)).numberText('n')).toBeUndefined();
    expect(decodeText(`{"data":{"n":1},${bodyAround('null').slice(1)}`).numberText('n')).toBeUndefined();
  });
});
