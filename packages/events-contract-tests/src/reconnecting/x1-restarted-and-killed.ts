import type { Clause } from '../clause.ts';
import { underStandardFlow, type FlowFault } from './under-flow.ts';

const downMs = 1_000;

export const X1: Clause = {
  id: 'X1',
  title: 'recovers under flow from three graceful restarts of the broker and three kills',
  fault: true,
  patienceS: 600,
  async run(bench) {
    const { faults, time } = bench;
    const restarted: FlowFault = {
      name: 'a graceful restart',
      async run() {
        await faults.stop();
        await time.pass(downMs);
        await faults.start();
      },
    };
    const killed: FlowFault = {
      name: 'a kill',
      kills: true,
      async run() {
        await faults.kill();
        await time.pass(downMs);
        await faults.start();
      },
    };
    await underStandardFlow(bench, [restarted, killed, restarted, killed, restarted, killed]);
  },
};
