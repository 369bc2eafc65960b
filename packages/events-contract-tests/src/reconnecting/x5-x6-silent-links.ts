import type { Clause } from '../clause.ts';
import { underStandardFlow } from './under-flow.ts';

export const X5: Clause = {
  id: 'X5',
  title: 'recovers under flow when both directions were silent for 15 s',
  fault: true,
  patienceS: 300,
  async run(bench) {
    const link = bench.faults.link();
    const silent = {
      name: '15 s of silence',
      async run() {
        await link.silence('both');
        await bench.time.pass(15_000);
        await link.heal();
      },
    };
    await underStandardFlow(bench, [silent]);
  },
};

export const X6: Clause = {
  id: 'X6',
  title: 'recovers under flow when replies were silent for 10 s',
  fault: true,
  patienceS: 300,
  async run(bench) {
    const link = bench.faults.link();
    const silent = {
      name: '10 s without replies',
      async run() {
        await link.silence('replies');
        await bench.time.pass(10_000);
        await link.heal();
      },
    };
    await underStandardFlow(bench, [silent]);
  },
};
