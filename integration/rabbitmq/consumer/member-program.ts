/** A member of a group in a process of its own. Says what it does, one JSON line each; a `poison` ends it as a bug in native code would. */
import type { Delivery, Settlement } from '@payments/events-core';
import { rabbitmq } from '@payments/events-rabbitmq';
import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { within } from '../support/deadlines.ts';
import { spec } from '../support/events.ts';
import { runtimeOf } from '../support/runtime.ts';

export interface MemberTask {
  readonly url: string;
  readonly ordering: 'none' | 'key';
  readonly maxInFlight: number;
}

/** What an event asks of its handler. */
interface Work {
  readonly ms?: number;
  readonly poison?: boolean;
}

export interface Said {
  readonly kind: 'ready' | 'begin' | 'done' | 'dead';
  readonly id?: string;
  readonly unsettled?: number;
}

const { url, ordering, maxInFlight } = JSON.parse(process.argv[2] ?? '') as MemberTask;
const adapter = rabbitmq({ url, heartbeatS: 2 });
await adapter.connect(runtimeOf(), within(15_000));
/** As core's lanes would, with a single key: one after another. */
let lane: Promise<unknown> = Promise.resolve();

function say(said: Said): void {
  writeSync(1, `${JSON.stringify(said)}\n`);
}

async function handle({ message, unsettled }: Delivery): Promise<Settlement> {
  const id = message.id ?? '';
  const { ms = 0, poison = false } = JSON.parse(Buffer.from(message.body).toString()) as Work;
  if (unsettled >= 10) {
    say({ kind: 'dead', id, unsettled });
    return { kind: 'deadLetter', reason: 'crash-loop', state: {} };
  }
  say({ kind: 'begin', id, unsettled });
  await new Promise((resolve) => void setTimeout(resolve, poison ? 10 : ms));
  if (poison) process.kill(process.pid, 'SIGKILL');
  say({ kind: 'done', id, unsettled });
  return { kind: 'ack' };
}

await adapter.subscribe(spec({ ordering, maxInFlight }), (delivery) => {
  if (ordering === 'none') return handle(delivery);
  const result = lane.then(() => handle(delivery));
  lane = result;
  return result;
});
say({ kind: 'ready' });
// The cache is written when a process ends by itself, and these are killed.
flushCompileCache();
