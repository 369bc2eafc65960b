import {
  connectBroker,
  ConfigurationError,
  createConsumer,
  createPublisher,
  deadLetters,
  NonRetryableError,
  parseConfig,
  readConnectionUrl,
  type Logger,
  type MessagingConfig,
} from '@payments/events-core';
import { randomBytes } from 'node:crypto';
import type { Bench } from '../bench/bench.ts';
import { collect } from '../bench/collect.ts';
import { adapterFrom } from '../bench/program-side.ts';
import { testEvents } from '../bench/test-event.ts';
import type { Clause } from '../clause.ts';
import { equal, fail, holds } from '../verdict.ts';
import { createShown, type Shown } from './shown.ts';

export const Z1: Clause = {
  id: 'Z1',
  title: 'shows no secret in any log, error, cause, inspected object, dead letter or health report',
  fault: true,
  async run(bench) {
    const shown = createShown();
    configurations(shown);
    await wholeLife(bench, shown);
    await wrongPassword(bench, shown);
    shown.add('everything the bench has logged', bench.log);
    shown.judge();
  },
};

/** With characters that a URL must encode. */
const newSecret = () => `pw/${randomBytes(9).toString('hex')}:@x`;

function configurations(shown: Shown): void {
  const secret = newSecret();
  shown.secrets.add(secret);
  const inUrl = encodeURIComponent(secret);
  const good: readonly object[] = [
    { broker_type: 'rabbitmq', url: `amqp://user:${inUrl}@localhost/` },
    { broker_type: 'rabbitmq', url: 'amqp://localhost/', username: 'user', password: secret },
    {
      broker_type: 'kafka',
      url: 'kafka://localhost:9092',
      username: 'user',
      password: secret,
      sasl_mechanism: 'plain',
    },
    { broker_type: 'redis', url: `redis://:${inUrl}@localhost` },
    { broker_type: 'nats', url: `nats://user:${inUrl}@localhost:4222` },
  ];
  for (const messaging of good) {
    const config = parseConfig({ messaging });
    shown.add('a configuration', config);
    shown.add('the text of a configuration', `${String(config.messaging)} ${JSON.stringify(config)}`);
    for (const wrong of [
      { nonsense: secret },
      { url: `http://user:${inUrl}@localhost` },
      { url: 5 },
      { url: `${inUrl} ${secret}` },
      { broker_type: secret },
    ]) {
      try {
        parseConfig({ messaging: { ...messaging, ...wrong } });
        fail(`a wrong configuration was accepted: ${Object.keys(wrong).join()}`);
      } catch (error) {
        if (!ConfigurationError.isInstance(error)) throw error;
        shown.add(`the error of a wrong ${Object.keys(wrong).join()}`, error);
      }
    }
  }
}

/** One application from its configuration to its end, on the lab's broker, with handlers whose errors quote credentials. */
async function wholeLife(bench: Bench, shown: Shown): Promise<void> {
  const { time, timings } = bench;
  for (const secret of [...bench.secrets, ...secretsIn(bench.program.messaging)]) shown.secrets.add(secret);
  const secret = newSecret();
  shown.secrets.add(secret);
  const quoting = [
    `amqp://user:${encodeURIComponent(secret)}@host/ refused`,
    `https://user:${secret}@host:443/path`,
    `password=${secret}`,
    `"password": "${secret}"`,
    `token: ${secret}`,
  ];

  const logger = loggerInto(shown);
  const adapter = await adapterFrom(bench.program);
  const broker = await connectBroker(adapter, { logger });
  const type = bench.typeIn('secrets');
  const events = testEvents([type]);
  const group = bench.group('secrets');
  const consumer = createConsumer({
    broker,
    group,
    events,
    retry: { maxAttempts: 2, initialDelayMs: 10, jitter: 'none' },
  });
  let handled = 0;
  consumer.on(type, ({ data: { n } }, context) => {
    handled += 1;
    const text = quoting[n % quoting.length]!;
    const error = new Error(text, { cause: new Error(text) });
    if (n < 5) throw error;
    if (n < 10) throw new NonRetryableError(text, { cause: error });
    if (n < 15) return context.deadLetter(text);
    if (n < 20) return context.retry({ delayMs: 10, reason: text });
    // oxlint-disable-next-line no-throw-literal -- what a careless library throws
    throw text;
  });
  await consumer.start();
  const publisher = createPublisher({ broker, source: '/z1', events });
  for (let n = 0; n < 25; n += 1) await publisher.publish(type, { n });
  const operator = deadLetters({ broker, group, events });
  let letters = await time.outside(collect(operator.list()));
  await time.outside(
    realUntil(async () => {
      letters = await collect(operator.list());
      return letters.length === 25;
    }, timings.flowAgainMs),
  );
  equal({ letters: letters.length, handled }, { letters: 25, handled: 40 }, 'dead letters and attempts');
  for (const letter of letters) {
    shown.add('a dead letter', { reason: letter.reason, error: letter.error });
    holds(
      `${letter.reason} ${letter.error?.text}`.includes('***'),
      `what was taken out of a dead letter’s text is marked: ${letter.reason} ${letter.error?.text}`,
    );
  }
  for (const [what, value] of Object.entries({ adapter, broker, consumer, publisher, operator }))
    shown.add(`the ${what}`, value);
  shown.add('a health report', await broker.health());
  shown.add('a backlog', await broker.backlog(group));
  await broker.close();
  shown.add('a health report after the end', await broker.health());
  for (const call of [() => publisher.publish(type, { n: 1 }), () => broker.backlog(group), () => consumer.start()]) {
    await call().then(
      () => {},
      (error: unknown) => shown.add('an error after the end', error),
    );
  }
  await brokerAway(bench, shown);
}

/** What a client of the lab says while its broker is away. */
async function brokerAway(bench: Bench, shown: Shown): Promise<void> {
  const process = await bench.process();
  const publisher = process.publisher();
  const consumer = process.consumer({ group: bench.group('away') });
  await consumer.start();
  for (const refusal of bench.faults.refusals) {
    await refusal.impose(bench.group('away'));
    shown.add(`the error of a publish refused by ${refusal.name}`, (await publisher.publish()).error);
    await refusal.relieve();
  }
  await bench.faults.kill();
  shown.add('the error of a publish without a broker', (await publisher.publish()).error);
  const late = bench.adapter();
  const connecting = connectBroker(late, { logger: loggerInto(shown), connectTimeoutMs: 1_000 });
  shown.add('the error of connecting without a broker', await connecting.catch((error: unknown) => error));
  shown.add('an adapter that never connected', late);
  if ('defaultGroup' in process.broker) {
    shown.add('a health report without a broker', await bench.time.outside(process.broker.health()));
    const asking = process.broker.backlog(bench.group('away')).catch((error: unknown) => error);
    shown.add('the error of a backlog without a broker', await bench.time.outside(asking));
  }
  await bench.faults.start();
}

/** Where the broker has passwords, a wrong one is refused, and the refusal does not quote it. */
async function wrongPassword(bench: Bench, shown: Shown): Promise<void> {
  const { module, messaging } = bench.program;
  if (secretsIn(messaging).length === 0) return;
  const secret = newSecret();
  shown.secrets.add(secret);
  const wrong = {
    ...messaging,
    ...('password' in messaging ? { password: secret } : { url: withPassword(String(messaging['url']), secret) }),
  };
  const connecting = connectBroker(await adapterFrom({ module, messaging: wrong }), {
    logger: loggerInto(shown),
    connectTimeoutMs: 5_000,
  });
  const outcome = await bench.time.outside(
    connecting.then(
      () => undefined,
      (error: unknown) => error,
    ),
  );
  holds(outcome !== undefined, 'a wrong password was accepted');
  shown.add('the error of a wrong password', outcome);
}

function secretsIn(messaging: Readonly<Record<string, unknown>>): readonly string[] {
  const { password, token, url } = messaging as Partial<MessagingConfig> &
    Partial<Record<'password' | 'token' | 'url', unknown>>;
  const ofUrl = typeof url === 'string' ? readConnectionUrl(url).password : undefined;
  return [password, token, ofUrl].filter((one): one is string => typeof one === 'string' && one !== '');
}

function withPassword(url: string, password: string): string {
  return url.replace(/^([a-z+]+:\/\/[^:/@]*):[^@]*@/i, `$1:${encodeURIComponent(password)}@`);
}

function loggerInto(shown: Shown): Logger {
  const add = (details: object, message: string) => shown.add('a log line', { message, details });
  return { info: add, warn: add, error: add };
}

/** The program’s own client runs on real time, also where the lab’s is virtual. */
async function realUntil(condition: () => Promise<boolean>, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition()) && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
}
