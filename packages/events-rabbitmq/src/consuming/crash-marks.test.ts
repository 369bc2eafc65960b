import type { ConsumeMessage, GetMessage } from 'amqplib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameOf, parseMark } from './crash-marks.ts';

function marked(content: string, exchange = ''): Pick<GetMessage, 'content' | 'fields'> {
  return { content: Buffer.from(content), fields: { exchange } as GetMessage['fields'] };
}

function message(messageId: string | undefined, body: string): ConsumeMessage {
  return {
    content: Buffer.from(body),
    fields: { exchange: 'payments', routingKey: 'a.b' },
    properties: { messageId, headers: {} },
  } as unknown as ConsumeMessage;
}

describe('crash marks', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), fc.nat(), (name, unsettled) => {
        const mark = { name, unsettled };
        expect(parseMark(marked(JSON.stringify(mark)))).toEqual(mark);
      }),
    );
    expect(parseMark(marked('{"clean":true}'))).toEqual({ clean: true });
  });

  it('believes only what came through the default exchange', () => {
    expect(parseMark(marked('{"clean":true}', 'payments'))).toBeUndefined();
  });

  it('takes anything else for none', () => {
    for (const text of ['', 'null', '[]', '{}', '{"clean":1}', '{"name":"a"}', '{"name":"a","unsettled":"1"}']) {
      expect(parseMark(marked(text))).toBeUndefined();
    }
  });

  it('names a message by its id, else by what it is', () => {
    expect(nameOf(message('7', 'x'))).toBe(nameOf(message('7', 'y')));
    expect(nameOf(message(undefined, 'x'))).toBe(nameOf(message(undefined, 'x')));
    expect(nameOf(message(undefined, 'x'))).not.toBe(nameOf(message(undefined, 'y')));
    expect(nameOf(message('7', 'x'))).not.toBe(nameOf(message('8', 'x')));
  });
});
