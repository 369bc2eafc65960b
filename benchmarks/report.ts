import type { KeysCost } from './keys.ts';
import { rounded } from './statistics.ts';
import type { Throughput } from './throughput.ts';
import type { Unawaited } from './unawaited.ts';

/** What a run has found. Without host names and paths: it is checked in. */
export interface Report {
  readonly broker: string;
  readonly node: string;
  readonly cpus: number;
  readonly throughput: Throughput;
  readonly keys: readonly KeysCost[];
  readonly unawaited: Unawaited;
  readonly verdict: {
    /** CPU microseconds per event that core and the adapter may add to the floor. */
    readonly goalAddedCpuMicros: number;
    readonly addedCpuMicros: number;
    readonly holds: boolean;
    /** Bytes by which the heap has grown for each event between the first round and the last. */
    readonly heapGrowthPerEvent: number;
    readonly heapFlat: boolean;
  };
}

const goalAddedCpuMicros = 10;
/** Caches and compiled code still move by so much. A leak of an id alone would be ten times that after a million events. */
const heapNoiseBytes = 4_000_000;

export function verdictOn({ addedCpuMicrosPerEvent, heapBytes, events }: Throughput): Report['verdict'] {
  const growth = heapBytes.afterLastRound - heapBytes.afterFirstRound;
  return {
    goalAddedCpuMicros,
    addedCpuMicros: addedCpuMicrosPerEvent,
    holds: addedCpuMicrosPerEvent <= goalAddedCpuMicros,
    heapGrowthPerEvent: rounded(growth / (events - heapBytes.eventsInFirstRound), 2),
    heapFlat: growth <= heapNoiseBytes,
  };
}

export function tableOf({ broker, node, cpus, throughput, keys, unawaited, verdict }: Report): string {
  const { heapBytes } = throughput;
  const refused = Object.entries(unawaited.refused).map(([code, count]) => `, ${count} refused (${code})`);
  const rows: readonly (readonly [string, string])[] = [
    [`${broker}, 0.5 KB events, window ${throughput.window}`, `Node ${node}, ${cpus} CPUs`],
    ['events per second', throughput.eventsPerSecond.toLocaleString('en')],
    ['CPU per event, publish() to settled', micros(throughput.cpuMicrosPerEvent)],
    ['  of it the floor: JSON, schema, promise', micros(throughput.floorCpuMicrosPerEvent)],
    ['  of it core and adapter', micros(throughput.addedCpuMicrosPerEvent)],
    [`heap after ${count(heapBytes.eventsInFirstRound)} events`, megabytes(heapBytes.afterFirstRound)],
    [`heap after ${count(throughput.events)} events`, megabytes(heapBytes.afterLastRound)],
    ...keys.map(
      (one) =>
        [`CPU per event, ordering ${one.ordering}, ${count(one.keys)} keys`, micros(one.cpuMicrosPerEvent)] as const,
    ),
    [
      `${count(unawaited.publishes)} publishes unawaited`,
      `${count(unawaited.accepted)} accepted${refused.join('')}, ${unawaited.seconds} s`,
    ],
    ['  peak memory above idle', megabytes(unawaited.peakBytes)],
    ['  heap left afterwards', megabytes(unawaited.heapBytesLeft)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
  const ratio = (throughput.cpuMicrosPerEvent / throughput.floorCpuMicrosPerEvent).toFixed(1);
  return [
    ...lines,
    '',
    `${mark(verdict.holds)} core and ${broker} add ${micros(verdict.addedCpuMicros)} to the floor, ${ratio} times in all (goal: add at most ${micros(verdict.goalAddedCpuMicros)})`,
    `${mark(verdict.heapFlat)} the heap has grown by ${verdict.heapGrowthPerEvent} bytes per event (goal: flat)`,
  ].join('\n');
}

const mark = (holds: boolean): string => (holds ? '✓' : '✗');
const micros = (number: number): string => `${number} µs`;
const megabytes = (bytes: number): string => `${rounded(bytes / 1e6)} MB`;
const count = (number: number): string => number.toLocaleString('en');
