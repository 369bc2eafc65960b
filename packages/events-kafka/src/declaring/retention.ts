import { describeError, type HealthProblem } from '@payments/events-core';
import type { Connection } from '../connection.ts';
import type { Subscription } from '../consumer.ts';
import { readTopicSettings } from './topic-settings.ts';

/** How long events are kept may be changed while a process runs. */
const freshMs = 60_000;
/** The part of its time after which an event that nobody has handled is worth a word. */
const risky = 0.5;

interface Reading extends Pick<Subscription, 'oldestUnsettledAt'> {
  readonly group: string;
}

/** Watches for events that are deleted by age before they are handled. */
export interface Retention {
  /** From what was last found out; asks anew meanwhile. */
  problems(readings: readonly Reading[]): readonly HealthProblem[];
  /** Says once, for each topic, that it keeps events for less long than the options say. */
  warnOf(topics: ReadonlyMap<string, { readonly retentionMs: number }>): void;
}

export function createRetention(connection: Pick<Connection, 'admin' | 'runtime' | 'settings'>): Retention {
  const { runtime, settings } = connection;
  const { clock, logger } = runtime;
  const warned = new Set<string>();
  let known: ReadonlyMap<string, { readonly retentionMs: number }> = new Map();
  let askedAt: number | undefined;

  function refresh(topics: readonly string[]): void {
    if (askedAt !== undefined && clock.elapsed() - askedAt < freshMs) return;
    askedAt = clock.elapsed();
    readTopicSettings(connection, topics).then(
      (found) => {
        known = found;
      },
      (error: unknown) => {
        logger.info({ system: 'kafka', err: describeError(error) }, 'how long topics keep events is not known');
      },
    );
  }

  return {
    problems(readings) {
      const oldest = readings.flatMap(({ group, oldestUnsettledAt }) =>
        [...oldestUnsettledAt()].map(([topic, sentAt]) => ({ group, topic, ageMs: clock.now() - sentAt })),
      );
      if (oldest.length > 0) refresh([...new Set(oldest.map(({ topic }) => topic))]);
      return oldest.flatMap(({ group, topic, ageMs }) => {
        const retentionMs = known.get(topic)?.retentionMs ?? -1;
        if (retentionMs === -1 || ageMs < risky * retentionMs) return [];
        const message = `Topic "${topic}" keeps events for ${hours(retentionMs)} h, and one that is not handled has been there for ${hours(ageMs)} h.`;
        return [{ code: 'retention-at-risk', message, group }];
      });
    },
    warnOf(topics) {
      for (const [topic, { retentionMs }] of topics) {
        const wanted = settings.retentionMs;
        if (retentionMs === -1 || (wanted !== -1 && retentionMs >= wanted) || warned.has(topic)) continue;
        warned.add(topic);
        const asked = wanted === -1 ? 'for ever' : `for ${hours(wanted)} h`;
        logger.warn(
          { system: 'kafka', topic },
          `topic "${topic}" keeps events for ${hours(retentionMs)} h, and the options ask to keep them ${asked}: what exists is not changed`,
        );
      }
    },
  };
}

function hours(ms: number): string {
  return (ms / 3_600_000).toFixed(1);
}
