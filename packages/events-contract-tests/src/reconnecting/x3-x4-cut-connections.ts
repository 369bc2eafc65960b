import type { Clause } from '../clause.ts';
import { underStandardFlow, type FlowFault } from './under-flow.ts';

const kills = 5;
const resets = 20;

export const X3: Clause = {
  id: 'X3',
  title: 'recovers under flow when the broker kills all connections, five times',
  fault: true,
  patienceS: 300,
  async run(bench) {
    const killed: FlowFault = { name: 'connections killed by the broker', run: () => bench.faults.killConnections() };
    await underStandardFlow(
      bench,
      Array.from({ length: kills }, () => killed),
    );
  },
};

export const X4: Clause = {
  id: 'X4',
  title: 'recovers under flow when the network resets all connections twenty times in 10 s',
  fault: true,
  patienceS: 300,
  async run(bench) {
    const { faults, time } = bench;
    const link = faults.link();
    const reset: FlowFault = { name: 'a reset', run: () => link.reset() };
    const pauseAndReset: FlowFault = {
      name: 'a reset',
      async run() {
        await time.pass(10_000 / resets);
        await link.reset();
      },
    };
    await underStandardFlow(bench, [reset, ...Array.from({ length: resets - 1 }, () => pauseAndReset)]);
  },
};
