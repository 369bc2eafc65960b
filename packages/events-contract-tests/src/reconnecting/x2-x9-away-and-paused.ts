import type { Clause } from '../clause.ts';
import { underStandardFlow } from './under-flow.ts';

export const X2: Clause = {
  id: 'X2',
  title: 'recovers under flow when the broker was away for 45 s',
  fault: true,
  patienceS: 300,
  async run(bench) {
    const { faults, time } = bench;
    const away = {
      name: '45 s without a broker',
      async run() {
        await faults.stop();
        await time.pass(45_000);
        await faults.start();
      },
    };
    await underStandardFlow(bench, [away]);
  },
};

export const X9: Clause = {
  id: 'X9',
  title: 'recovers under flow when the broker was paused for 15 s',
  fault: true,
  patienceS: 300,
  async run(bench) {
    const { faults, time } = bench;
    const paused = {
      name: 'a pause of 15 s',
      async run() {
        await faults.pause();
        await time.pass(15_000);
        await faults.unpause();
      },
    };
    await underStandardFlow(bench, [paused]);
  },
};
