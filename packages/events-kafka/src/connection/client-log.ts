import { redact, type AdapterRuntime } from '@payments/events-core';
import { logLevel, type logCreator } from 'kafkajs';

/** The client repeats itself with every try, and so does the next instance of it. */
const repeatMs = 10_000;
const mostTexts = 100;
const longestText = 500;

/** Takes down what the instances of one adapter say. */
export interface ClientLog {
  /** For one instance; once it is over nothing it says matters. */
  of(client: string, isOver: () => boolean): logCreator;
}

/**
 * The client calls each broken connection and each rebalance an error: here they are things to know, and what matters of
 * them is told by whoever can judge it.
 */
export function createClientLog({ clock, logger }: Pick<AdapterRuntime, 'clock' | 'logger'>): ClientLog {
  const saidAt = new Map<string, number>();

  function isNews(text: string): boolean {
    const now = clock.elapsed();
    const last = saidAt.get(text);
    if (last !== undefined && now - last < repeatMs) return false;
    if (saidAt.size >= mostTexts) saidAt.clear();
    saidAt.set(text, now);
    return true;
  }

  return {
    of: (client, isOver) => () => {
      return ({ namespace, level, log }) => {
        // What the broker has answered goes to whoever has asked.
        if (level > logLevel.WARN || isOver() || log.message.startsWith('Response ')) return;
        const text = redact(String(log.message)).slice(0, longestText);
        if (!isNews(`${client} ${text}`)) return;
        logger.info({ system: 'kafka', client, part: namespace, ...toShow(log) }, `kafkajs: ${text}`);
      };
    },
  };
}

/** What is known to hold no secret. */
function toShow(log: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const shown: Record<string, unknown> = {};
  for (const field of ['broker', 'groupId', 'memberId', 'topic', 'partition'])
    if (typeof log[field] === 'string' || typeof log[field] === 'number') shown[field] = log[field];
  if (typeof log['error'] === 'string') shown['error'] = redact(log['error']).slice(0, longestText);
  return shown;
}
