import type { MemoryServer } from '@payments/events-memory';
import type { Probe } from '../../probe.ts';

/** Reads what the server holds, past every fault. */
export function memoryProbe(server: MemoryServer, attempts: readonly number[]): Probe {
  const reportOf = (group: string) => server.inspect().groups.find((report) => report.group === group);

  return {
    stored(group) {
      const report = reportOf(group);
      if (report === undefined) return Promise.resolve({ unsettled: 0, dead: 0 });
      const { ready, inFlight, retrying, dead } = report;
      return Promise.resolve({ unsettled: ready.length + inFlight.length + retrying.length, dead: dead.length });
    },
    dead: (group) => Promise.resolve(reportOf(group)?.dead ?? []),
    holds: (messageId, type) =>
      Promise.resolve(server.inspect().stored.some((message) => message.id === messageId && message.type === type)),
    connections: () => Promise.resolve(server.inspect().sessions.length),
    connectionAttempts: () => Promise.resolve([...attempts]),
  };
}
