import { setTimeout as sleep } from 'node:timers/promises';
import { connectBroker, EventsError, loadConfig } from '@payments/events-core';
import { check, type Finding, type Published } from './check.ts';
import { dayOfPayments } from './day.ts';
import { deadLetterDesk } from './dead-letter-desk.ts';
import type { Group } from './group.ts';
import { analyticsGroup, ledgerGroup, notificationsGroup } from './groups.ts';
import { createLedger } from './ledger.ts';
import { liveThrough } from './live-through.ts';
import { money, showingLogger, type Show } from './show.ts';

export interface DemoOptions {
  readonly configPath: string;
  readonly show: Show;
  /** Milliseconds that the day takes. */
  readonly dayMs: number;
  /** Falsifies the ledger, so that the check at the end must fail. */
  readonly cookTheBooks: boolean;
}

/** How long the groups may need after the last event was published. Then the check says what is missing. */
const patienceMs = 30_000;

/** A day of payments from the first customer to the closing of the books. @returns whether everything added up */
export async function runDemo({ configPath, show, dayMs, cookTheBooks }: DemoOptions): Promise<boolean> {
  const startedAt = Date.now();
  const { messaging } = await loadConfig(configPath);
  await using broker = await connectBroker(messaging, { logger: showingLogger(show.indented()) });
  const setting = { broker, source: `/demo/${startedAt}` };
  const ledger = createLedger(['EUR', 'USD', 'GBP', 'JPY'], { skim: cookTheBooks });
  const bookkeeping = ledgerGroup(setting, ledger, show);
  const types = new Set<string>();
  const groups = [bookkeeping, notificationsGroup(setting, show.indented()), analyticsGroup(setting, types)];
  const desks = groups.map(({ name }) => deadLetterDesk(setting, name, show));
  const deadLetters = async () =>
    (await Promise.all(desks.map((desk) => desk.count()))).reduce((sum, count) => sum + count);
  /** A moment to read what is on the screen. */
  const breathe = () => sleep(dayMs / 10);

  show.heading(`A day of payments over the ${messaging.broker_type} broker, for three groups`);
  await Promise.all(groups.map((group) => group.start()));
  const published = await liveThrough(dayOfPayments(), { setting, show, dayMs, groups, ledger });
  await until(async () => missing(groups, published) === (await deadLetters()));

  show.heading('What no attempt could save lies in the dead letters');
  for (const desk of desks) await onceTheBrokerAnswers(() => desk.explain());
  await breathe();

  show.heading('The fix is deployed: a ledger that has an account for CHF');
  await bookkeeping.stop();
  ledger.openAccount('CHF');
  await bookkeeping.start();
  for (const desk of desks) await onceTheBrokerAnswers(() => desk.redrive());
  await until(async () => missing(groups, published) === 0);
  await breathe();

  show.heading(`The day has ended: ${published.length} events of ${types.size} types`);
  const findings = check({
    published,
    groups,
    ledger: ledger.totals,
    deadLetters: await onceTheBrokerAnswers(deadLetters),
  });
  for (const finding of findings) showFinding(show, finding);
  const passed = findings.every(({ holds }) => holds);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  show.line();
  if (passed) show.good(`Everything adds up, after ${seconds} s.`);
  else show.bad(`This does not add up, after ${seconds} s.`);
  if (messaging.broker_type !== 'memory') {
    show.line(`The demo's groups stay on the broker and collect what is published there from now on.`);
    show.line(`How to remove them: docs/brokers/${messaging.broker_type}.md.`);
  }
  return passed;
}

/** How many events the groups want and have not handled. */
function missing(groups: readonly Group[], published: readonly Published[]): number {
  return groups.flatMap(({ wants, handled }) => published.filter(({ type, id }) => wants(type) && !handled.has(id)))
    .length;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const due = Date.now() + patienceMs;
  while (Date.now() < due && !(await onceTheBrokerAnswers(condition))) await sleep(50);
}

/** Looks again while the broker is away. @throws what is wrong in the end */
async function onceTheBrokerAnswers<T>(ask: () => Promise<T>): Promise<T> {
  const due = Date.now() + patienceMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!EventsError.isInstance(error) || !error.retryable || Date.now() > due) throw error;
      await sleep(200);
    }
  }
}

function showFinding(show: Show, { subject, holds, numbers, currency }: Finding): void {
  const figures = Object.entries(numbers).map(
    ([name, number]) => `${currency === undefined ? number : money(number, currency)} ${name}`,
  );
  const line = `${subject.padEnd(14)} ${figures.join(', ')}`;
  if (holds) show.good(line);
  else show.bad(line);
}
