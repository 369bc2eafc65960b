import { capabilities } from '@payments/events-kafka';
import { kafkaServer } from '../../brokers/kafka-server.ts';
import type { OpenHarness } from '../../contract/describe-clauses.ts';
import { openLab } from './lab.ts';
import { ownLabServer, sharedLabServer, type LabServer } from './lab-server.ts';
import { shortLeases } from './short-leases.ts';

/**
 * @param broker `shared`: labs on the broker of the run, which none of them stops. `own`: on a broker of this harness, which
 * they may break.
 */
export function kafkaHarness(broker: 'shared' | 'own'): OpenHarness {
  let opened: Promise<LabServer> | undefined;

  async function open(): Promise<LabServer> {
    const shared = broker === 'shared' ? await kafkaServer() : undefined;
    // A broker that was given by its URL has no users of ours, and nobody may stop it.
    return shared?.container === undefined ? ownLabServer() : sharedLabServer(shared);
  }

  return {
    harness: {
      name: 'kafka',
      capabilities,
      timings: {
        leaseMs: shortLeases.sessionTimeoutMs,
        flowAgainMs: 45_000,
        promptMs: 30_000,
        newTypeMs: 10_000,
        // A copy is produced, fetched and reserved: three requests, each beside what else two cores have to do.
        retryLateMs: 500,
      },
      // Prefixes would part them as well as brokers of their own, but they all have the same two cores.
      isolation: 'shared',
      async open(request) {
        opened ??= open();
        return openLab(await opened, request);
      },
    },
    async close() {
      const server = await opened;
      if (server?.own === true) await server.container().remove();
    },
  };
}
