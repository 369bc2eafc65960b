import type { Cost } from '../measure.ts';
import { startContender, type ContenderProcess } from './contender-process.ts';
import { roles, type Contest, type Role } from './contest.ts';

export interface ContestSizes {
  /** Not counted: code is compiled while they run. */
  readonly warmUpRounds: number;
  readonly rounds: number;
  readonly eventsPerRound: number;
  /** Lone publishes of each contender in a round, in turns of `lonePublishesPerTurn`. */
  readonly lonePublishes: number;
  readonly lonePublishesPerTurn: number;
  /** Publishes that are open at once in a crowd, and how many crowds each contender has. */
  readonly crowd: number;
  readonly crowds: number;
}

/** What each round has shown of each contender, warm-up left out. Index = round. */
export type Rounds = Readonly<Record<Role, ContenderRounds>>;
export interface ContenderRounds {
  readonly publish: Cost[];
  readonly consume: Cost[];
  readonly lonePublishMs: number[];
  /** Of each crowd, the longest stretch on the event loop. */
  readonly stretchMs: number[];
}

/**
 * Lets the contenders take turns: what else the machine does, and how far the broker's log has grown, then meets all of
 * them alike, and each round of one can be compared with the same round of another.
 */
export async function runContest(contest: Contest, sizes: ContestSizes): Promise<Rounds> {
  const broker = await contest.startBroker();
  const running: ContenderProcess[] = [];
  try {
    for (const role of roles) running.push(await startContender(contest.name, role, broker.url));
    const rounds = await playRounds(running, sizes);
    for (const one of running.splice(0)) await one.close();
    return rounds;
  } finally {
    for (const one of running) one.kill();
    await broker.stop();
  }
}

async function playRounds(contenders: readonly ContenderProcess[], sizes: ContestSizes): Promise<Rounds> {
  const results = Object.fromEntries(
    roles.map((role): [Role, ContenderRounds] => [
      role,
      { publish: [], consume: [], lonePublishMs: [], stretchMs: [] },
    ]),
  ) as Record<Role, ContenderRounds>;
  for (let round = -sizes.warmUpRounds; round < sizes.rounds; round += 1) {
    const order = rotated(contenders, round + sizes.warmUpRounds);
    const counted = round >= 0;
    for (const contender of order) {
      const published = await contender.run('publish', sizes.eventsPerRound);
      const consumed = await contender.run('consume', sizes.eventsPerRound);
      if (!counted) continue;
      results[contender.role].publish.push(published);
      results[contender.role].consume.push(consumed);
    }
    for (let sent = 0; sent < sizes.lonePublishes; sent += sizes.lonePublishesPerTurn) {
      for (const contender of order) {
        const latencies = await contender.run('lone', sizes.lonePublishesPerTurn);
        if (counted) results[contender.role].lonePublishMs.push(...latencies);
      }
    }
    for (const contender of order) await contender.run('consume', sizes.lonePublishes);
  }
  for (let turn = 0; turn < sizes.crowds; turn += 1) {
    for (const contender of rotated(contenders, turn)) {
      results[contender.role].stretchMs.push(await contender.run('crowd', sizes.crowd));
      await contender.run('consume', sizes.crowd);
    }
  }
  return results;
}

function rotated<T>(ones: readonly T[], turns: number): readonly T[] {
  const first = turns % ones.length;
  return [...ones.slice(first), ...ones.slice(0, first)];
}
