import type { DeadLetter, SweepResult, SweepVerdict } from '@payments/events-core';
import type { ConsumeMessage } from 'amqplib';
import type { OwnConnection } from '../connection.ts';
import type { Live } from '../connection/link.ts';
import { undeclared } from '../errors.ts';
import { toCopy } from '../messages/copy-note.ts';
import { CopyError } from '../publishing/copies.ts';
import { toDeadLetter } from './letter.ts';
import { queuesOf } from '../topology.ts';
import { createWalk, type Step } from './walk.ts';

export interface Sweep {
  /** Letters taken from the broker, and neither removed nor given back yet. */
  readonly held: number;
  run(visit: (letter: DeadLetter) => Promise<SweepVerdict>, signal: AbortSignal): Promise<SweepResult>;
}

export interface SweepOptions {
  readonly connection: OwnConnection;
  readonly live: Live;
  readonly group: string;
  readonly busy: () => Error;
}

/** One pass over a group's dead letters. */
export function createSweep({ connection, live, group, busy }: SweepOptions): Sweep {
  const { runtime, settings, copies } = connection;
  const queues = queuesOf(settings.queuePrefix, group);
  const walk = createWalk({
    connection,
    live,
    queue: queues.dead,
    what: `The dead letters of group "${group}"`,
    busy,
    missing: () => undeclared(group, queues.dead),
  });

  /** Stored before it is removed: a crash between doubles it, never loses it. */
  async function redrive(message: ConsumeMessage, state: DeadLetter['state'], stop: AbortSignal): Promise<boolean> {
    try {
      await copies.store(queues.work, toCopy(message, { state }), stop);
      return true;
    } catch (error) {
      const missing = error instanceof CopyError && error.reason === 'unroutable';
      throw missing ? undeclared(group, queues.work) : error;
    }
  }

  function stepOf(verdict: SweepVerdict, message: ConsumeMessage): Step {
    switch (verdict.action) {
      case 'discard':
        return 'remove';
      case 'redrive':
        return (stop) => redrive(message, verdict.state, stop);
      default:
        return verdict.action;
    }
  }

  return {
    get held() {
      return walk.held;
    },
    run: (visit, signal) =>
      walk.run(
        async (message) => stepOf(await visit(toDeadLetter(message, { group, now: runtime.clock.now() })), message),
        signal,
      ),
  };
}
