import type { Cost } from '../measure.ts';
import { median, quantile, rounded, spreadOf, type Spread } from '../statistics.ts';
import { roles, type Role } from './contest.ts';
import type { ContenderRounds, Rounds } from './run-contest.ts';

/** One side of a contender: publishing or consuming. */
export interface Side {
  readonly eventsPerSecond: Spread;
  readonly cpuMicrosPerEvent: Spread;
  /** Share of one processor that the client used. Near 1, the client is the limit. */
  readonly clientBusy: number;
  /** Share of all processors that were in use. Near 1, the machine is the limit, which the client shares with the broker. */
  readonly machineBusy: number;
}

interface ContenderFindings {
  readonly publish: Side;
  readonly consume: Side;
  readonly lonePublishMs: { readonly p50: number; readonly p99: number };
  /** Of a crowd of publishes that are all open: the longest that the event loop did nothing else. */
  readonly stretchMs: Spread;
}

/** Of the same round of both, so that what slows a whole round down does not count. */
export interface Comparison {
  /** Events per second of the one, as a share of the other's. */
  readonly throughput: Spread;
  /** CPU microseconds per event that the one needs beyond the other. */
  readonly addedCpuMicros: Spread;
}

export interface ContestFindings {
  readonly contenders: Readonly<Record<Role, ContenderFindings>>;
  /** Ours beside the tuned program. */
  readonly publish: Comparison;
  readonly consume: Comparison;
  /** Whose price that is: what the adapter adds to the tuned program, and core to the adapter. */
  readonly addedCpuMicros: {
    readonly adapter: { readonly publish: Spread; readonly consume: Spread };
    readonly core: { readonly publish: Spread; readonly consume: Spread };
  };
  /** Ours beside the plain program: milliseconds at p99 of a lone publish. */
  readonly addedLonePublishMs: number;
}

export function findingsOf(rounds: Rounds): ContestFindings {
  const { plain, tuned, adapter, ours } = rounds;
  const contenders = Object.fromEntries(roles.map((role) => [role, contenderFindings(rounds[role])])) as Record<
    Role,
    ContenderFindings
  >;
  const added = (one: ContenderRounds, other: ContenderRounds) => ({
    publish: compare(one.publish, other.publish).addedCpuMicros,
    consume: compare(one.consume, other.consume).addedCpuMicros,
  });
  return {
    contenders,
    publish: compare(ours.publish, tuned.publish),
    consume: compare(ours.consume, tuned.consume),
    addedCpuMicros: { adapter: added(adapter, tuned), core: added(ours, adapter) },
    addedLonePublishMs: rounded(quantile(ours.lonePublishMs, 0.99) - quantile(plain.lonePublishMs, 0.99), 2),
  };
}

function contenderFindings({ publish, consume, lonePublishMs, stretchMs }: ContenderRounds): ContenderFindings {
  return {
    publish: sideOf(publish),
    consume: sideOf(consume),
    lonePublishMs: {
      p50: rounded(quantile(lonePublishMs, 0.5), 2),
      p99: rounded(quantile(lonePublishMs, 0.99), 2),
    },
    stretchMs: spreadOf(stretchMs),
  };
}

function sideOf(costs: readonly Cost[]): Side {
  return {
    eventsPerSecond: spreadOf(costs.map(perSecond), 0),
    cpuMicrosPerEvent: spreadOf(costs.map(({ cpuMicrosPerEvent }) => cpuMicrosPerEvent)),
    clientBusy: rounded(median(costs.map((cost) => (perSecond(cost) * cost.cpuMicrosPerEvent) / 1e6)), 2),
    machineBusy: rounded(median(costs.map(({ machineBusy }) => machineBusy)), 2),
  };
}

function compare(ones: readonly Cost[], others: readonly Cost[]): Comparison {
  const pairs = ones.map((one, round) => ({ one, other: others[round] ?? one }));
  return {
    throughput: spreadOf(
      pairs.map(({ one, other }) => perSecond(one) / perSecond(other)),
      2,
    ),
    addedCpuMicros: spreadOf(pairs.map(({ one, other }) => one.cpuMicrosPerEvent - other.cpuMicrosPerEvent)),
  };
}

const perSecond = ({ events, seconds }: Cost): number => events / seconds;
