import { expect, test } from 'vitest';
import { ledger, startProcess } from './process.test-support.ts';
import { memoryServer } from './server/server.ts';

test('a connection that loses an answer is given up and made anew, so that nothing waits for ever', async () => {
  const server = memoryServer({ clock: 'virtual', leaseMs: 3_000 });
  const process = await startProcess(server);
  await process.broker.declareGroup(ledger);
  server.faults.link(process.broker).loseReplies(1);
  const asked = expect(process.broker.backlog('ledger')).rejects.toMatchObject({ code: 'EVENTS_BROKER_UNAVAILABLE' });
  await server.advance(1_000);
  await asked;
  await server.advance(2_000);
  expect(await process.broker.backlog('ledger')).toMatchObject({ waiting: 0, exact: true });
});
