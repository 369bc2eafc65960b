/** Run by S3 in a process of its own: publishes and consumes until SIGTERM, then ends the way the README shows. */
import { createConsumer, createPublisher } from '@payments/events-core';
import { connectFrom, given, say } from '../bench/program-side.ts';
import { testEvents } from '../bench/test-event.ts';

const access = given<{ readonly type: string; readonly group: string; readonly drainTimeoutMs: number }>();
const { type, group, drainTimeoutMs } = access;
const events = testEvents([type]);
const broker = await connectFrom(access);

const consumer = createConsumer({ broker, group, events });
consumer.on(type, async ({ id }) => {
  say({ say: 'started', id });
  await new Promise((resolve) => setTimeout(resolve, 50));
  say({ say: 'handled', id });
});
await consumer.start();

const publisher = createPublisher({ broker, source: '/s3', events });
let n = 0;
// Faster than ten handlers of 50 ms: when the signal comes, events are running and others wait.
const flow = setInterval(() => {
  void publisher.publish(type, { n: n++ }).then(({ id }) => say({ say: 'accepted', id }));
}, 4);

process.once('SIGTERM', async () => {
  clearInterval(flow);
  await consumer.stop({ drainTimeoutMs });
  await publisher.close();
  const { waiting, inFlight, retrying } = await broker.backlog(group);
  say({ say: 'left', waiting: waiting + inFlight + retrying });
  await broker.close();
});
