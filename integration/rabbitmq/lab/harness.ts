import { capabilities } from '@payments/events-rabbitmq';
import { ownRabbitmqServer, rabbitmqServer } from '../../brokers/rabbitmq-server.ts';
import { rabbitmqTlsPort } from '../../brokers/kinds.ts';
import type { OpenHarness } from '../../contract/describe-clauses.ts';
import { heartbeatS, openLab } from './lab.ts';
import { labServer, type LabServer } from './lab-server.ts';

/**
 * @param broker `shared`: labs on the broker of the run, which none of them stops. `own`: on a broker of this harness, which
 * they may break.
 */
export function rabbitmqHarness(broker: 'shared' | 'own'): OpenHarness {
  let opened: Promise<{ server: LabServer; remove?: () => Promise<void> }> | undefined;

  async function open(): Promise<{ server: LabServer; remove?: () => Promise<void> }> {
    const shared = broker === 'shared' ? await rabbitmqServer() : undefined;
    if (shared?.container !== undefined) return { server: labServer(shared, { own: false }) };
    // A broker that was given by its URL cannot be looked into, and a probe that cannot do that proves nothing.
    const own = await ownRabbitmqServer({ ports: [rabbitmqTlsPort] });
    return { server: labServer(own, { own: true }), remove: () => own.container.remove() };
  }

  return {
    harness: {
      name: 'rabbitmq',
      capabilities,
      timings: {
        // The broker takes two or three of its client's heartbeats to miss it.
        leaseMs: 3 * heartbeatS * 1_000,
        flowAgainMs: 10_000,
        promptMs: 15_000,
        newTypeMs: 1_000,
      },
      // Virtual hosts would part them as well as brokers of their own, but they all have the same two cores.
      isolation: 'shared',
      async open(request) {
        opened ??= open();
        return openLab((await opened).server, request);
      },
    },
    async close() {
      await (await opened)?.remove?.();
    },
  };
}
