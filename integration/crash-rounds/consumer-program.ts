/**
 * A program of its own: `consumer-program.ts <folder> <name>`. Consumes for each group of the run until SIGTERM, and
 * writes down what its handlers began and what they handled. One event in twenty fails once, so that retries are under
 * way whenever it is killed; a poison event kills it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createConsumer } from '@payments/events-core';
import { connectAs } from './connect-as.ts';
import { openLedgerFile, microseconds } from './ledger-file.ts';
import { readCrashBroker, readSettings, retry, type } from './settings.ts';

const [folder = '', name = ''] = process.argv.slice(2);
const settings = readSettings(folder);
const ledger = openLedgerFile(folder, name);

await using broker = await connectAs(readCrashBroker(folder));
const consumers = settings.groups.map(({ group, ordering }) => {
  const consumer = createConsumer({ broker, group, ordering, retry });
  consumer.on(type, async ({ id, data }, { attempt }) => {
    const entry = { id, key: data.payment_id, number: data.amount, group, attempt };
    ledger.write({ ...entry, kind: 'began', at: microseconds() });
    if (id === settings.poison) process.kill(process.pid, 'SIGKILL');
    const chance = chanceOf(id);
    await sleep(chance % (settings.workMs + 1));
    if (attempt === 1 && chance % 20 === 0) throw new Error('fails once');
    ledger.write({ ...entry, kind: 'handled', at: microseconds() });
  });
  return consumer;
});
process.once('SIGTERM', () => void broker.close());
await Promise.all(consumers.map((consumer) => consumer.start()));
console.log('up');
await Promise.all(consumers.map(({ ended }) => ended));

/** The same for an event in every process: FNV-1a. */
function chanceOf(id: string): number {
  let hash = 0x811c9dc5;
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 8;
}
