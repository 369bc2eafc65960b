import type { Consumer } from 'kafkajs';
import { createLease } from './lease.ts';
import { createPulse } from './pulse.ts';
import { createTestClock } from './test-clock.test-support.ts';

const events = {
  COMMIT_OFFSETS: 'commit',
  HEARTBEAT: 'heartbeat',
  FETCH: 'fetch',
  REQUEST: 'request',
  REQUEST_TIMEOUT: 'timeout',
};

/** A pulse of a consumer that says what a test has it say. */
export function createPulseBench() {
  const clock = createTestClock();
  const listeners = new Map<string, (event: object) => void>();
  const consumer = {
    events,
    on(name: string, listener: (event: object) => void) {
      listeners.set(name, listener);
      return () => listeners.delete(name);
    },
  } as unknown as Consumer;
  const told: string[] = [];
  const kafka = { lastProgressAt: (): number | undefined => undefined };
  const times = { sessionMs: 30_000, heartbeatMs: 3_000, rebalanceMs: 75_000, finishMs: 65_000, silenceMs: 15_000 };
  const lease = createLease({ clock, ...times });
  const pulse = createPulse({
    clock,
    consumer,
    times,
    lease,
    lastProgressAt: () => kafka.lastProgressAt(),
    cut: (_, broker) => void told.push(broker === undefined ? 'cut' : `cut ${broker}`),
    fail: () => void told.push('fail'),
    quit: () => void told.push('quit'),
  });
  const say = (name: string, payload: object) => listeners.get(name)?.({ payload });
  /** The coordinator has confirmed an assignment. */
  function heartbeat(groupGenerationId: number, { duration = 0 } = {}): void {
    say(events.REQUEST, { apiName: 'Heartbeat', broker: 'one:1', duration });
    say(events.HEARTBEAT, { groupGenerationId });
  }

  return {
    clock,
    kafka,
    lease,
    pulse,
    told,
    listeners,
    /** A request has its answer, so long after it was sent. */
    answer: (apiName: string, { broker = 'one:1', duration = 0 } = {}) =>
      say(events.REQUEST, { apiName, broker, duration }),
    timeOut: (apiName: string, broker = 'one:1') => say(events.REQUEST_TIMEOUT, { apiName, broker }),
    heartbeat,
    commit: (groupGenerationId: number) => say(events.COMMIT_OFFSETS, { groupGenerationId }),
    fetch: () => say(events.FETCH, {}),
    /** Fetches and has its heartbeats for so long. */
    async live(ms: number, groupGenerationId = 1) {
      for (let passed = 0; passed < ms; passed += 1_000) {
        say(events.FETCH, {});
        heartbeat(groupGenerationId);
        await clock.advance(1_000);
      }
    },
  };
}
