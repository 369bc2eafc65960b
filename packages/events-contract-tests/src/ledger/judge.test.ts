import { describe, expect, test } from 'vitest';
import type { Run } from './entries.ts';
import { judge, type Expectation } from './judge.ts';
import { createLedger, type Ledger } from './ledger.ts';

const group = 'group';
const body = Buffer.from('body');

/** Three events of one key, all acknowledged, with no run yet. */
function threeEvents(): Ledger {
  const ledger = createLedger(() => 0);
  for (const id of ['a', 'b', 'c']) {
    ledger.intend({ id, type: 'ns.test.happened', key: 'key', headers: { h: '1' }, body });
    ledger.settle(id, 'accepted');
  }
  return ledger;
}

function start(
  ledger: Ledger,
  id: string,
  seen: { readonly body?: Uint8Array; readonly headers?: Record<string, string> } = {},
): Run {
  const run = { group, consumer: 'one', id, type: 'ns.test.happened', key: 'key', attempt: 1, redrives: 0 };
  return ledger.start(run, { body, headers: { h: '1', extra: 'x' }, key: 'key', ...seen });
}

function handle(ledger: Ledger, ...ids: readonly string[]): void {
  for (const id of ids) ledger.end(start(ledger, id), 'ok');
}

const judged =
  (ledger: Ledger, expectation: Partial<Expectation> = {}) =>
  () =>
    judge(ledger, group, { dead: new Set(), ...expectation });

describe('the ledger finds', () => {
  test('nothing where everything was handled once, in order', () => {
    const ledger = threeEvents();
    handle(ledger, 'a', 'b', 'c');
    expect(judged(ledger, { inOrder: true })).not.toThrow();
  });
  test('what was acknowledged and is neither handled nor dead', () => {
    const ledger = threeEvents();
    handle(ledger, 'a');
    expect(judged(ledger)).toThrow('lost 2 events: b, c');
    expect(judged(ledger, { dead: new Set(['b']) })).toThrow('lost 1 event: c');
  });
  test('no loss where a publish was never acknowledged', () => {
    const ledger = threeEvents();
    handle(ledger, 'a', 'b', 'c');
    ledger.intend({ id: 'd', type: 'ns.test.happened', headers: {}, body });
    ledger.settle('d', 'unknown');
    expect(judged(ledger)).not.toThrow();
  });
  test('what nobody published', () => {
    const ledger = threeEvents();
    handle(ledger, 'a', 'b', 'c', 'ghost');
    expect(judged(ledger)).toThrow('phantom 1 event: ghost');
  });
  test('changed bytes and headers', () => {
    const ledger = threeEvents();
    handle(ledger, 'b');
    ledger.end(start(ledger, 'a', { body: Buffer.from('other') }), 'ok');
    ledger.end(start(ledger, 'c', { headers: { h: '2' } }), 'ok');
    expect(judged(ledger)).toThrow('corrupt 2 events');
  });
  test('a second success, but neither retries nor what a fault took back', () => {
    const ledger = threeEvents();
    ledger.end(start(ledger, 'a'), 'failed');
    ledger.end(start(ledger, 'b'), 'cut');
    handle(ledger, 'a', 'b', 'c');
    expect(judged(ledger)).not.toThrow();
    handle(ledger, 'c');
    expect(judged(ledger)).toThrow('duplicate 1 run: c (again by one, attempt 1)');
    expect(judged(ledger, { duplicates: { atMost: 1, because: 'of a fault' } })).not.toThrow();
  });
  test('a later event of a key that began before an earlier one', () => {
    const ledger = threeEvents();
    handle(ledger, 'a', 'c', 'b');
    expect(judged(ledger, { inOrder: true })).toThrow('misordered 1 event: c started before b');
  });
  test('a later event of a key that began before the one before it had ended', () => {
    const ledger = threeEvents();
    const first = start(ledger, 'a');
    const second = start(ledger, 'b');
    ledger.end(first, 'ok');
    ledger.end(second, 'ok');
    handle(ledger, 'c');
    expect(judged(ledger, { inOrder: true })).toThrow('misordered 1 event: b started before a of key key had ended');
  });
  test('order kept through replays', () => {
    const ledger = threeEvents();
    ledger.end(start(ledger, 'a'), 'ok');
    ledger.end(start(ledger, 'b'), 'cut');
    handle(ledger, 'a', 'b', 'c');
    expect(judged(ledger, { inOrder: true, duplicates: { atMost: 1, because: 'a was replayed' } })).not.toThrow();
  });
});
