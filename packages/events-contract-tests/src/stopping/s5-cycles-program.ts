/** Run by S5 in a process of its own: opens and closes everything again and again, and tells what is left. Ends by itself. */
import { createConsumer, createPublisher } from '@payments/events-core';
import { connectFrom, given, say } from '../bench/program-side.ts';
import { testEvents } from '../bench/test-event.ts';

const access = given<{ readonly type: string; readonly group: string; readonly cycles: number }>();
const { type, group, cycles } = access;
const events = testEvents([type]);
const warnings: string[] = [];
// As Node.js prints them.
process.on('warning', ({ name, message }) => warnings.push(`(node:${process.pid}) ${name}: ${message}`));

let count = 0;
// The first cycle loads what is loaded once.
await cycle();
count = 0;
const before = await settledState([]);
say({ say: 'before', ...before });
for (let n = 0; n < cycles; n += 1) await cycle();
say({ say: 'handled', count });
say({ say: 'after', ...(await settledState(before.resources)), warnings });

async function cycle(): Promise<void> {
  const broker = await connectFrom(access);
  const consumer = createConsumer({ broker, group, events });
  const { promise: handled, resolve } = Promise.withResolvers<void>();
  consumer.on(type, () => {
    count += 1;
    resolve();
  });
  await consumer.start();
  const publisher = createPublisher({ broker, source: '/s5', events });
  await publisher.publish(type, { n: 1 });
  await handled;
  await broker.close();
}

interface State {
  readonly resources: readonly string[];
  readonly listeners: readonly string[];
}

/** Sockets take a moment to close: looks until nothing is left beyond what was there before, for at most five seconds. */
async function settledState(expected: readonly string[]): Promise<State> {
  let state = stateNow();
  for (let look = 0; look < 100 && state.resources.length > expected.length; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    state = stateNow();
  }
  return state;
}

function stateNow(): State {
  // The pipe to the clause is not the library's.
  const resources = process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap' && name !== 'Immediate');
  const listeners = process.eventNames().map((name) => `${String(name)} ${process.listenerCount(name)}`);
  return { resources: resources.toSorted(), listeners: listeners.toSorted() };
}
