import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ordering, RetryPolicy } from '@payments/events-core';
import type { CrashBroker } from './crash-broker.ts';

/** What the programs of a run are told, besides the way to the broker, which lies beside it. */
export interface Settings {
  /** In every event id and group, so that a broker that remembers them meets each for the first time. */
  readonly run: string;
  readonly groups: readonly { readonly group: string; readonly ordering: Ordering }[];
  readonly keys: readonly string[];
  /** The publisher ends by itself after so many events of each key. @default none: it goes on until SIGTERM */
  readonly eventsPerKey?: number;
  /** Milliseconds between two events of a key. */
  readonly pauseMs: number;
  /** Milliseconds that a handler works, at most. Each event takes as long as its id says, in every process. */
  readonly workMs: number;
  /** The id of an event whose handler kills its process. @default none */
  readonly poison?: string;
}

/** Short, so that retries are in every one of the places where a kill can meet them. */
export const retry = { initialDelayMs: 200, factor: 2, maxAttempts: 5, jitter: 'none' } satisfies Partial<RetryPolicy>;

export const type = 'payment.transaction.succeeded';

export const eventId = (settings: Settings, key: string, number: number): string => `${settings.run}-${key}-${number}`;

const brokerIn = (folder: string): string => join(folder, 'broker.json');
const settingsIn = (folder: string): string => join(folder, 'settings.json');

export function writeSettings(folder: string, settings: Settings, broker: CrashBroker): void {
  // Readable by this user alone: it may hold a password.
  writeFileSync(brokerIn(folder), JSON.stringify(broker), { mode: 0o600 });
  writeFileSync(settingsIn(folder), JSON.stringify(settings));
}

export function readCrashBroker(folder: string): CrashBroker {
  return JSON.parse(readFileSync(brokerIn(folder), 'utf8')) as CrashBroker;
}

export function readSettings(folder: string): Settings {
  return JSON.parse(readFileSync(settingsIn(folder), 'utf8')) as Settings;
}
