import type { BrokerAdapter } from '@payments/events-core';
import type { MemoryServer } from '@payments/events-memory';
import type { BrokerFaults, CannotHappen, Link, Refusal } from '../../faults.ts';

const noBytes: CannotHappen = {
  notClaimed: 'the memory broker hands over objects within one process: there are no bytes to slow down or to cut',
};

/**
 * The fault kit on the memory server's own fault port.
 * @param genuine from what the clauses hold to what the server knows; a mutant stands between.
 * @param small whether the server was made small enough to be filled.
 */
export function memoryFaults(
  server: MemoryServer,
  genuine: ReadonlyMap<BrokerAdapter, BrokerAdapter>,
  small: boolean,
): BrokerFaults {
  const { faults } = server;
  const known = (adapter: BrokerAdapter) => genuine.get(adapter) ?? adapter;
  const each = (adapter: BrokerAdapter | undefined) =>
    adapter === undefined ? [...genuine.values()] : [known(adapter)];

  function link(adapter?: BrokerAdapter): Link {
    const onAll = (change: (one: ReturnType<typeof faults.link>) => void) =>
      done(() => {
        for (const one of each(adapter)) change(faults.link(one));
      });
    return {
      latency: (ms) => done(() => faults.latency(ms)),
      rate: noBytes,
      oneByteSlices: noBytes,
      cutAfter: noBytes,
      silence: (direction) => onAll((one) => one.silence(silences[direction])),
      reset: () => onAll((one) => one.reset()),
      refuse: () =>
        onAll((one) => {
          one.refuse(true);
          one.reset();
        }),
      heal: () =>
        onAll((one) => {
          one.silence('none');
          one.refuse(false);
          faults.latency(0);
        }),
    };
  }

  return {
    stop: () => done(faults.stop),
    start: () => done(faults.start),
    kill: () => done(faults.kill),
    pause: () => done(faults.pause),
    unpause: () => done(faults.unpause),
    killConnections: () => done(faults.killConnections),
    link,
    killProcess: (adapter) => done(() => faults.killAdapter(known(adapter))),
    pauseProcess: (adapter) => done(() => faults.link(known(adapter)).freeze()),
    unpauseProcess: (adapter) => done(() => faults.link(known(adapter)).thaw()),
    loseSendReplies: (_, count) => done(() => faults.loseSendReplies(count)),
    refusals: [...(small ? [capacity] : []), refusal(server, 'full'), refusal(server, 'forbidden')],
    withholdDeadLetters: async () => {
      faults.failDeadLetters(true);
      return () => done(() => faults.failDeadLetters(false));
    },
    deleteTopology: { notClaimed: 'the memory broker has no topology that could be deleted' },
    revokeCredentials: { notClaimed: 'the memory broker has no credentials' },
  };
}

const silences = { both: 'both', requests: 'to-broker', replies: 'from-broker' } as const;

/** The publishes themselves fill it, and consuming relieves it. */
const capacity: Refusal = {
  name: 'capacity',
  outcome: 'full',
  impose: () => done(() => {}),
  relieve: () => done(() => {}),
};

function refusal(server: MemoryServer, reason: 'full' | 'forbidden'): Refusal {
  return {
    name: reason === 'full' ? 'memory limit' : 'missing permission',
    outcome: reason,
    impose: () => done(() => server.faults.refuseSends({ reason, retryable: reason === 'full' })),
    relieve: () => done(() => server.faults.refuseSends(undefined)),
  };
}

/** The server does at once what is asked of it. */
async function done(action: () => void): Promise<void> {
  action();
}
