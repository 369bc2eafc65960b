import { describeError, type HealthProblem, type HealthReport, within } from '@payments/events-core';
import { withChannel } from './connection/channel.ts';
import type { OwnConnection } from './connection.ts';
import { replies, replyCode } from './errors.ts';
import type { Link } from './connection/link.ts';
import type { Producer } from './producer.ts';
import type { Unapplied } from './settlement.ts';
import { bindingsExchange, unroutedQueue } from './topology.ts';

/** A health check answers within two seconds, whatever the broker does. */
const answerMs = 1_500;
/** So long without a confirmation is no ordinary delay. */
const longOwedMs = 5_000;

interface ConsumingState {
  readonly group: string;
  /** Whether the broker has a consumer of this subscription now. */
  readonly consuming: boolean;
  /** Settlements that wait to be applied. */
  readonly unapplied: Unapplied;
}

export interface HealthOptions {
  readonly connection: OwnConnection;
  readonly producer: Producer;
  readonly subscriptions: readonly ConsumingState[];
}

/** Asks both connections for an answer: one that is open proves nothing. */
export async function checkHealth({ connection, producer, subscriptions }: HealthOptions): Promise<HealthReport> {
  const { closed, publishing, consuming } = connection;
  if (closed) return report(connection, [], [{ code: 'closed', message: 'The RabbitMQ adapter was closed.' }]);
  const absent = [publishing, consuming].flatMap((link) => absence(link, link.name));
  // One reason is enough where both are gone.
  if (absent.length === 2) return report(connection, [], absence(publishing));
  if (absent.length > 0) return report(connection, [], absent);
  const [answers, publishes] = await Promise.all([askConsuming(connection), askPublishing(connection)]);
  const found = subscriptions.flatMap(delays);
  const stopped = subscriptions.flatMap(standstill);
  if (publishing.blocked !== undefined) {
    const message = `RabbitMQ takes no events from publishers now: ${publishing.blocked}.`;
    found.push({ code: 'full', message });
  } else if (producer.owedMs > longOwedMs) {
    const message = `RabbitMQ has not confirmed an event for ${Math.round(producer.owedMs / 1_000)} s.`;
    found.push({ code: 'unconfirmed-events', message });
  }
  if (producer.forbidden !== undefined) found.push({ code: 'forbidden', message: producer.forbidden });
  return report(connection, [...found, ...answers.problems], [...answers.silent, ...publishes, ...stopped]);
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

function absence({ live, failure, lastError }: Link, name?: Link['name']): readonly HealthProblem[] {
  if (failure !== undefined) return [{ code: 'login-refused', message: failure.message }];
  if (live !== undefined) return [];
  const what = `There is no connection to RabbitMQ${name === undefined ? '' : ` for ${name}`}`;
  const why = lastError === undefined ? '' : `: ${describeError(lastError).text}`;
  return [{ code: 'disconnected', message: `${what}${why}.` }];
}

function standstill({ group, consuming }: ConsumingState): readonly HealthProblem[] {
  if (consuming) return [];
  return [{ code: 'not-consuming', message: 'The group has no consumer of this process at RabbitMQ.', group }];
}

function delays({ group, unapplied: { delayed, tooLarge } }: ConsumingState): readonly HealthProblem[] {
  const problems: HealthProblem[] = [];
  if (delayed > 0)
    problems.push({ code: 'settlement-delayed', message: `${delayed} settlements wait to be applied.`, group });
  if (tooLarge > 0) {
    const message = `${tooLarge} messages of another library have headers too large to be copied, and can neither be retried nor dead-lettered.`;
    problems.push({ code: 'too-large-to-copy', message, group });
  }
  return problems;
}

interface Answers {
  readonly silent: readonly HealthProblem[];
  readonly problems: readonly HealthProblem[];
}

/** Whether the exchange is there, and whether events lie where no group is bound. */
async function askConsuming(connection: OwnConnection): Promise<Answers> {
  const { consuming, runtime, settings } = connection;
  const { clock } = runtime;
  const { exchange, unroutable, queuePrefix } = settings;
  const live = consuming.live;
  if (live === undefined) return { silent: absence(consuming, consuming.name), problems: [] };
  const unrouted = unroutedQueue(queuePrefix);
  const asking = withChannel(live, clock, async (channel) => {
    await channel.checkExchange(exchange);
    await channel.checkExchange(bindingsExchange(exchange));
    return unroutable === 'park' ? (await channel.checkQueue(unrouted)).messageCount : 0;
  });
  try {
    const parked = await within(asking, { clock, ms: answerMs, who: 'RabbitMQ', what: 'answer a health check' });
    connection.progressed();
    if (parked === 0) return { silent: [], problems: [] };
    const message = `${parked} events lie in queue "${unrouted}", because no group was bound for them. Declare the group, then call republishParked() of the adapter.`;
    return { silent: [], problems: [{ code: 'unrouted-events', message }] };
  } catch (error) {
    const message = describeError(error).text;
    if (replyCode(error) === replies.notFound) return { silent: [], problems: [{ code: 'topology-missing', message }] };
    return { silent: [{ code: 'no-answer', message: `RabbitMQ does not answer: ${message}` }], problems: [] };
  }
}

async function askPublishing({ publishing, runtime }: OwnConnection): Promise<readonly HealthProblem[]> {
  const { live, blocked } = publishing;
  // One that is blocked answers nothing, and says so itself.
  if (live === undefined || blocked !== undefined) return [];
  try {
    const asking = withChannel(live, runtime.clock, () => Promise.resolve());
    await within(asking, { clock: runtime.clock, ms: answerMs, who: 'RabbitMQ', what: 'answer a health check' });
    return [];
  } catch (error) {
    if (publishing.blocked !== undefined) return [];
    return [{ code: 'no-answer', message: `RabbitMQ does not answer publishers: ${describeError(error).text}` }];
  }
}
