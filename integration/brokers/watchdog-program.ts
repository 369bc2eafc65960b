/**
 * `node watchdog-program.ts <holder>`: waits for the end of its standard input, which is the end of the process that
 * started it, and removes that process's containers.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { removeContainersOf } from './removal.ts';

const [holder = ''] = process.argv.slice(2);

/** The engine may still be creating what the process asked for last. */
const quietMs = 10_000;
const giveUpAfterMs = 120_000;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
for await (const _ of process.stdin);

const endedAt = performance.now();
let lastSeenAt = endedAt;
while (performance.now() - lastSeenAt < quietMs && performance.now() - endedAt < giveUpAfterMs) {
  // An engine that does not answer now may do so in a second.
  const found = await removeContainersOf(holder).catch(() => 1);
  if (found > 0) lastSeenAt = performance.now();
  await sleep(1_000);
}
