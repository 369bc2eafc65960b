import { describe, expect, it } from 'vitest';
import type { Logger } from '../contract/runtime.ts';
import { createReporter } from './reporter.ts';

function setUp() {
  const lines: string[] = [];
  const details: object[] = [];
  const log = (level: string) => (detail: object, message: string) => {
    lines.push(`${level}: ${message}`);
    details.push(detail);
  };
  const logger: Logger = { info: log('info'), warn: log('warn'), error: log('error') };
  return { lines, details, reporter: createReporter(logger, 'ledger') };
}

const event = { id: 'e1', type: 'shop.order.placed' };
const state = { attempts: '2', 'error-name': 'Error', 'error-text': 'no' };

describe('the reporter', () => {
  it('counts what happens', () => {
    const { reporter } = setUp();
    reporter.settled({ kind: 'ack' }, event);
    reporter.settled({ kind: 'ack' }, event);
    reporter.settled({ kind: 'retry', delayMs: 5, state }, event);
    reporter.settled({ kind: 'deadLetter', reason: 'fraud', state }, event);
    reporter.settled({ kind: 'release' }, event);
    reporter.unmatched('other.type');
    reporter.deduplicated();
    expect(reporter.stats(3)).toEqual({
      handled: 2,
      retried: 1,
      deadLettered: 1,
      unmatched: 1,
      deduplicated: 1,
      running: 3,
    });
  });

  it('is silent about success', () => {
    const { lines, reporter } = setUp();
    reporter.settled({ kind: 'ack' }, event);
    reporter.deduplicated();
    expect(lines).toEqual([]);
  });

  it('tells of a failure that is tried again, and warns of a dead letter', () => {
    const { lines, details, reporter } = setUp();
    reporter.settled({ kind: 'retry', delayMs: 500, state }, event, new TypeError('password=hunter2'));
    reporter.settled({ kind: 'deadLetter', reason: 'attempts-exhausted', state }, event);
    expect(lines).toEqual([
      'info: shop.order.placed e1 failed in group ledger, attempt 2: again in 500 ms',
      'warn: shop.order.placed e1 dead-lettered in group ledger after attempt 2: attempts-exhausted',
    ]);
    expect(details).toEqual([
      { group: 'ledger', ...event, attempt: 2, delayMs: 500, err: { name: 'TypeError', text: 'password=***' } },
      { group: 'ledger', ...event, attempts: 2, reason: 'attempts-exhausted', err: { name: 'Error', text: 'no' } },
    ]);
  });

  it('can tell of a message that says neither id nor type', () => {
    const { lines, reporter } = setUp();
    reporter.settled({ kind: 'deadLetter', reason: 'undecodable', state }, { id: undefined, type: undefined });
    expect(lines).toEqual(['warn: an event dead-lettered in group ledger after attempt 2: undecodable']);
  });

  it('tells once of each type that no handler wants, however often it comes', () => {
    const { lines, reporter } = setUp();
    for (const type of ['a.b', 'a.b', 'a.c']) reporter.unmatched(type);
    expect(lines).toEqual([
      'info: no handler of group ledger wants a.b: acknowledged',
      'info: no handler of group ledger wants a.c: acknowledged',
    ]);
    expect(reporter.stats(0).unmatched).toBe(3);
  });

  it('tells of no more than a thousand such types, because foreign producers can invent them without end', () => {
    const { lines, reporter } = setUp();
    for (let number = 0; number < 2_000; number += 1) reporter.unmatched(`a.t${number}`);
    expect(lines).toHaveLength(1_000);
    expect(reporter.stats(0).unmatched).toBe(2_000);
  });
});
