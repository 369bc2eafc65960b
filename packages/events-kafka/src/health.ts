import {
  BrokerUnavailableError,
  describeError,
  type HealthProblem,
  type HealthReport,
  NoAnswer,
} from '@payments/events-core';
import type { OwnConnection } from './connection.ts';
import type { Subscription } from './consumer.ts';
import { closedMessage, isLoginRefused } from './errors.ts';
import type { Producer } from './producer.ts';
import { namesOf } from './topology.ts';

/** A health check answers within two seconds, whatever the broker does. */
const answerMs = 1_500;
/** So long without a confirmation is no ordinary delay. */
const longOwedMs = 5_000;

export interface ConsumingState extends Pick<Subscription, 'consuming' | 'unapplied' | 'oldestUnsettledAt'> {
  readonly group: string;
}

export interface HealthOptions {
  readonly connection: OwnConnection;
  readonly producer: Pick<Producer, 'owedMs' | 'forbidden'>;
  readonly subscriptions: readonly ConsumingState[];
}

/** Asks Kafka for an answer: a connection that is open proves nothing. */
export async function checkHealth({ connection, producer, subscriptions }: HealthOptions): Promise<HealthReport> {
  if (connection.closed) return report(connection, [], [{ code: 'closed', message: closedMessage }]);
  const answer = await ask(connection);
  if ('code' in answer) return report(connection, [], [answer]);
  const found = subscriptions.flatMap((state) => [...delays(state), ...missing(connection, state, answer.topics)]);
  if (producer.owedMs > longOwedMs) {
    const message = `Kafka has not confirmed an event for ${Math.round(producer.owedMs / 1_000)} s.`;
    found.push({ code: 'unconfirmed-events', message });
  }
  if (producer.forbidden !== undefined) found.push({ code: 'forbidden', message: producer.forbidden });
  found.push(...connection.retention.problems(subscriptions));
  return report(connection, found, subscriptions.flatMap(standstill));
}

function report(
  { lastProgressAt }: OwnConnection,
  lesser: readonly HealthProblem[],
  grave: readonly HealthProblem[],
): HealthReport {
  const problems = [...grave, ...lesser];
  return {
    status: grave.length > 0 ? 'down' : problems.length > 0 ? 'degraded' : 'up',
    problems,
    ...(lastProgressAt === undefined ? {} : { lastProgressAt: new Date(lastProgressAt) }),
  };
}

async function ask({ admin }: OwnConnection): Promise<HealthProblem | { readonly topics: readonly string[] }> {
  try {
    return { topics: await admin.ask('answer a health check', (asked) => asked.listTopics(), answerMs) };
  } catch (error) {
    const message = describeError(error).text;
    if (isLoginRefused(error)) return { code: 'login-refused', message };
    const silent = BrokerUnavailableError.isInstance(error) && error.cause instanceof NoAnswer;
    return { code: silent ? 'no-answer' : 'disconnected', message };
  }
}

function standstill({ group, consuming }: ConsumingState): readonly HealthProblem[] {
  if (consuming) return [];
  return [{ code: 'not-consuming', message: 'No consumer of this process is a member of the group at Kafka.', group }];
}

function delays({ group, unapplied: { delayed, tooLarge } }: ConsumingState): readonly HealthProblem[] {
  const problems: HealthProblem[] = [];
  if (delayed > 0)
    problems.push({ code: 'settlement-delayed', message: `${delayed} settlements wait to be applied.`, group });
  if (tooLarge > 0) {
    const message = `${tooLarge} messages of another library are too large to be copied, and can neither be retried nor dead-lettered.`;
    problems.push({ code: 'too-large-to-copy', message, group });
  }
  return problems;
}

/** Without its dead letters a group is as good as undeclared. */
function missing(
  { settings }: OwnConnection,
  { group }: ConsumingState,
  topics: readonly string[],
): readonly HealthProblem[] {
  const { dead } = namesOf(settings, group);
  if (topics.includes(dead)) return [];
  return [{ code: 'topology-missing', message: `There is no topic "${dead}" any more.`, group }];
}
