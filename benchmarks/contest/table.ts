import type { Spread } from '../statistics.ts';
import { openPublishes, heldAtOnce } from './contender.ts';
import type { ContestReport } from './contest-report.ts';
import { roles } from './contest.ts';
import type { Side } from './findings.ts';
import type { Verdict } from './verdicts.ts';

/** What a contest has found, for people. */
export function tableOf({ broker, node, cpus, sizes, findings, coreOnMemory, verdicts }: ContestReport): string {
  const { contenders, addedCpuMicros } = findings;
  const count = (number: number): string => number.toLocaleString('en');
  const rows: readonly (readonly string[])[] = [
    ['', ...roles],
    ...(['publish', 'consume'] as const).flatMap((side) => {
      const each = (cell: (one: Side) => string) => roles.map((role) => cell(contenders[role][side]));
      return [
        [`${side}, events per second`, ...each(({ eventsPerSecond }) => spread(eventsPerSecond))],
        [`  CPU µs per event`, ...each(({ cpuMicrosPerEvent }) => spread(cpuMicrosPerEvent))],
        [`  of one processor`, ...each(({ clientBusy }) => `${clientBusy}`)],
        [`  machine in use`, ...each(({ machineBusy }) => `${machineBusy}`)],
      ];
    }),
    ['a lone publish, p50 ms', ...roles.map((role) => `${contenders[role].lonePublishMs.p50}`)],
    ['  p99 ms', ...roles.map((role) => `${contenders[role].lonePublishMs.p99}`)],
    [`${count(sizes.crowd)} open, longest stretch ms`, ...roles.map((role) => spread(contenders[role].stretchMs))],
  ];
  const { adapter, core } = addedCpuMicros;
  return [
    `${broker}, 0.5 KB events, ${count(openPublishes)} publishes open, ${count(heldAtOnce)} events held; Node ${node}, ${cpus} CPUs`,
    `medians of ${sizes.rounds} interleaved rounds of ${count(sizes.eventsPerRound)} events, [middle half]`,
    '',
    ...aligned(rows),
    '',
    `the adapter adds to tuned  publish ${signed(adapter.publish)} µs  consume ${signed(adapter.consume)} µs`,
    `core adds to the adapter   publish ${signed(core.publish)} µs  consume ${signed(core.consume)} µs`,
    `core over memory           publish and consume ${coreOnMemory.addedCpuMicrosPerEvent} µs beside the floor of ${coreOnMemory.floorCpuMicrosPerEvent} µs`,
    '',
    ...verdicts.map(({ goal, got, holds }) => `${mark(holds)} ${got} (goal: ${goal})`),
  ].join('\n');
}

const mark = (holds: Verdict['holds']): string => (holds === 'does not apply' ? '–' : holds ? '✓' : '✗');

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const spread = ({ median, low, high }: Spread): string =>
  `${median.toLocaleString('en')} [${low.toLocaleString('en')}–${high.toLocaleString('en')}]`;

const signed = ({ median, low, high }: Spread): string => `${median > 0 ? '+' : ''}${median} [${low}–${high}]`;
