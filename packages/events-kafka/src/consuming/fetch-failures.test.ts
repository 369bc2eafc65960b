import type { Consumer } from 'kafkajs';
import { expect, test } from 'vitest';
import { watchFetches } from './fetch-failures.ts';

function createBench() {
  const listeners = new Map<string, (event: object) => void>();
  const consumer = {
    events: { FETCH_START: 'start', FETCH: 'fetch' },
    on(name: string, listener: (event: object) => void) {
      listeners.set(name, listener);
      return () => listeners.delete(name);
    },
  } as unknown as Consumer;
  const state = { failures: 0 };
  const stop = watchFetches(consumer, () => void (state.failures += 1));
  const say = (name: string, payload: object) => listeners.get(name)?.({ payload });
  return {
    state,
    stop,
    listeners,
    begin: (nodeId = 1) => say('start', { nodeId }),
    end: (nodeId: number) => say('fetch', { nodeId }),
  };
}

test('a fetch that begins before the last one of its node has ended tells that that one has failed', () => {
  const { state, begin, end } = createBench();
  begin(1);
  begin(2);
  end(1);
  begin(1);
  expect(state.failures).toBe(0);
  begin(2);
  expect(state.failures).toBe(1);
});

test('it stops listening', () => {
  const { stop, listeners } = createBench();
  stop();
  expect(listeners.size).toBe(0);
});
