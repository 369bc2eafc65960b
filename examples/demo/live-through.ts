import { setTimeout as sleep } from 'node:timers/promises';
import { createPublisher, EventsError, type PreparedEvent, type Publisher } from '@payments/events-core';
import { events, type DemoEvents } from './catalogue.ts';
import type { Published } from './check.ts';
import type { Day } from './day.ts';
import type { Group, Setting } from './group.ts';
import type { Ledger } from './ledger.ts';
import { clockTime, money, type Show } from './show.ts';

export interface LiveThroughOptions {
  readonly setting: Setting;
  readonly show: Show;
  /** Milliseconds that the day takes. */
  readonly dayMs: number;
  readonly groups: readonly Group[];
  readonly ledger: Ledger;
}

const halfHourMs = 1_800_000;

/** Far longer than a half hour of the demo takes, so that it is said only where the broker is away. */
const waitingLineEveryMs = 2_000;

/** Publishes a day half hour by half hour, and shows how the groups follow. @returns what the broker has accepted */
export async function liveThrough(day: Day, options: LiveThroughOptions): Promise<readonly Published[]> {
  const { setting, show, dayMs, groups, ledger } = options;
  await using publisher = createPublisher({ ...setting, events });
  const published: Published[] = [];
  const currencies = [...ledger.totals.keys()];
  const pauseMs = (dayMs * halfHourMs) / (day.closesAt - day.opensAt);

  /** By key: one after another, so that a refund never overtakes its payment, also where a publish has to be repeated. */
  const last = new Map<string, Promise<void>>();

  async function publish(happening: Day['happenings'][number]): Promise<void> {
    const prepared = await publisher.prepare(happening.type, happening.data, { time: happening.time });
    const key = prepared.key ?? prepared.id;
    const accepted = (last.get(key) ?? Promise.resolve()).then(() => publishUntilAccepted(publisher, prepared));
    last.set(key, accepted);
    await accepted;
    published.push({ ...happening, id: prepared.id });
  }

  show.line(row('', 'published', ['handled by', '', ''], ['  ledger: payments minus refunds', '', '', '']));
  show.line(
    row(
      '',
      '',
      groups.map(({ name }) => name),
      currencies,
    ),
  );
  for (let ends = day.opensAt + halfHourMs; ends <= day.closesAt; ends += halfHourMs) {
    const pause = sleep(pauseMs);
    const begins = ends - halfHourMs;
    const happened = day.happenings.filter(({ time }) => begins < +time && +time <= ends);
    const due = published.length + happened.length;
    const waiting = setInterval(() => {
      show.line(`    … ${due - published.length} publishes wait for the broker`);
    }, waitingLineEveryMs);
    await Promise.all(happened.map(publish)).finally(() => clearInterval(waiting));
    await pause;
    const handled = groups.map((group) => String(group.handled.size));
    const accounts = currencies.map((currency) => money(ledger.totals.get(currency) ?? 0, currency));
    show.line(row(clockTime(ends), String(published.length), handled, accounts));
  }
  return published;
}

/** Where the broker is away for longer than a publish waits, the event is published again with the same id, so that nobody counts it twice. */
async function publishUntilAccepted(publisher: Publisher<DemoEvents>, prepared: PreparedEvent): Promise<void> {
  for (;;) {
    try {
      await publisher.publish(prepared);
      return;
    } catch (error) {
      if (!EventsError.isInstance(error) || !error.retryable) throw error;
    }
  }
}

function row(time: string, published: string, handled: readonly string[], accounts: readonly string[]): string {
  const cells = [...handled.map((cell) => cell.padStart(15)), ...accounts.map((cell) => cell.padStart(14))];
  return `  ${time.padEnd(5)}${published.padStart(11)}${cells.join('')}`.trimEnd();
}
