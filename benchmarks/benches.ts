import type { Bench } from './bench.ts';
import { memoryBroker } from './brokers.ts';
import { contestBench } from './contest/contest-bench.ts';
import { contests } from './contests.ts';
import { costBench } from './cost-bench.ts';

export const benches: readonly Bench[] = [costBench(memoryBroker), ...contests.map(contestBench)];
