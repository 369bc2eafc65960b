import { availableParallelism } from 'node:os';
import type { Bench } from './bench.ts';
import type { BenchBroker } from './brokers.ts';
import { measureKeys } from './keys.ts';
import { tableOf, verdictOn, type Report } from './report.ts';
import { measureThroughput } from './throughput.ts';
import { measureUnawaited } from './unawaited.ts';

const fullSizes = { rounds: 10, eventsPerRound: 100_000, keyRounds: 5, eventsPerKeyRound: 10_000, unawaited: 100_000 };
const quickSizes = { rounds: 2, eventsPerRound: 500, keyRounds: 1, eventsPerKeyRound: 200, unawaited: 1_000 };

/** What core and a broker in this process cost, beside the floor. */
export function costBench(broker: BenchBroker): Bench {
  return {
    name: broker.name,
    async run({ quick }) {
      const sizes = quick ? quickSizes : fullSizes;
      const throughput = await measureThroughput(broker, sizes.rounds, sizes.eventsPerRound);
      const report: Report = {
        broker: broker.name,
        node: process.versions.node,
        cpus: availableParallelism(),
        throughput,
        keys: await measureKeys(broker, sizes.keyRounds, sizes.eventsPerKeyRound),
        unawaited: await measureUnawaited(broker, sizes.unawaited),
        verdict: verdictOn(throughput),
      };
      return { report, table: tableOf(report) };
    },
  };
}
