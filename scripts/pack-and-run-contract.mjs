import { readFileSync } from 'node:fs';
import { describeBrokerContract, systemTime } from '@payments/events-contract-tests';
import { memory, memoryServer } from '@payments/events-memory';
import { expect, test } from 'vitest';

const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));

test.each(Object.keys(dependencies))('%s can be imported', async (name) => {
  expect(Object.keys(await import(name)).length).toBeGreaterThan(0);
});

/** Enough for P1: to see that the published suite runs an experiment on a published adapter. */
const notHere = { notClaimed: 'the repository’s own tests run every clause' };
describeBrokerContract('the installed memory broker', {
  name: 'memory',
  capabilities: memory().capabilities,
  timings: { leaseMs: 2_000, flowAgainMs: 10_000, promptMs: 5_000, newTypeMs: 1_000 },
  isolation: 'own',
  async open() {
    const server = memoryServer();
    return {
      adapter: () => memory({ server }),
      time: systemTime(),
      probe: { dead: () => Promise.resolve([]) },
      faults: {},
      sendForeign: () => Promise.reject(new Error('not needed')),
      secrets: [],
      program: { module: '@payments/events-memory', messaging: { broker_type: 'memory' } },
      adapterSplitByType: notHere,
      tlsClient: notHere,
      close: () => Promise.resolve(),
    };
  },
});
