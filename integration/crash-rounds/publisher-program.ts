/**
 * A program of its own: `publisher-program.ts <folder> <name>`. Publishes the events of each key one after another until
 * SIGTERM. Its ledger is its outbox: what an earlier life intended and saw no acknowledgement for, it publishes again,
 * with the same id, before it goes on.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createPublisher, EventsError, type Publisher } from '@payments/events-core';
import { connectAs } from './connect-as.ts';
import { openLedgerFile, readLedgerFiles } from './ledger-file.ts';
import { eventId, readCrashBroker, readSettings, type } from './settings.ts';

const [folder = '', name = ''] = process.argv.slice(2);
const settings = readSettings(folder);
const earlier = readLedgerFiles(folder, name);
const ledger = openLedgerFile(folder, name);
let stopping = false;
process.once('SIGTERM', () => void (stopping = true));

await using broker = await connectAs(readCrashBroker(folder));
console.log('up');
const publisher = createPublisher({ broker, source: '/crash-rounds' });
await Promise.all(settings.keys.map((key) => publishInOrder(key)));

/** Awaits each publish: only so does the order of a key hold through failures. */
async function publishInOrder(key: string): Promise<void> {
  const intended = earlier.filter((entry) => entry.kind === 'intended' && entry.key === key);
  const last = intended.at(-1);
  const acknowledged = earlier.some((entry) => entry.kind === 'acknowledged' && entry.id === last?.id);
  let number = intended.length;
  if (number > 0 && !acknowledged) await publishUntilAcknowledged(key, number);
  while (!stopping && number < (settings.eventsPerKey ?? Number.POSITIVE_INFINITY)) {
    number += 1;
    ledger.write({ kind: 'intended', id: eventId(settings, key, number), key, number });
    await publishUntilAcknowledged(key, number);
    await sleep(settings.pauseMs);
  }
}

async function publishUntilAcknowledged(key: string, number: number): Promise<void> {
  const id = eventId(settings, key, number);
  while (!(await published(publisher, id, { payment_id: key, amount: number, currency: 'EUR' }))) await sleep(100);
}

/** A refusal or an unknown outcome is an answer, and the event is published again. Anything else ends the program. */
async function published(
  to: Publisher,
  id: string,
  data: { readonly payment_id: string; readonly amount: number; readonly currency: string },
): Promise<boolean> {
  try {
    await to.publish(type, data, { id });
    ledger.write({ kind: 'acknowledged', id });
    return true;
  } catch (error) {
    if (!EventsError.isInstance(error) || !error.retryable) throw error;
    ledger.write({ kind: 'refused', id, code: error.code });
    return false;
  }
}
