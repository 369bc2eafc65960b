import { setImmediate, setTimeout } from 'node:timers';
import { ConfigurationError } from '@payments/events-core';
import type { Client } from './client.ts';
import type { AdvanceOptions } from './server.ts';
import type { ServerState } from './server-state.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface IdleOptions {
  /** Milliseconds of real time, whatever the clock. @default 5_000 */
  readonly timeoutMs?: number;
}

export interface Idleness {
  idle(options?: IdleOptions): Promise<void>;
  advance(ms: number, options?: AdvanceOptions): Promise<void>;
}

export interface IdlenessSurroundings {
  readonly state: ServerState;
  readonly clients: ReadonlySet<Client>;
  readonly virtualClock: VirtualClock | undefined;
}

/** Promises may hand on to each other over some turns of the event loop: quiet is what stays quiet. */
const quietTurns = 3;
/** Real waiting in steps, once turning the event loop has not been enough. */
const turnsBeforeWaiting = 50;

/** Tells work from waiting, for everything connected to one server. */
export function createIdleness({ state, clients, virtualClock }: IdlenessSurroundings): Idleness {
  const running = () => [...clients].reduce((sum, client) => sum + client.runtime.busy(), 0);

  /** Resolves with true when at most so many are still running and nothing else goes on, with false when the patience ends. */
  async function settle(stillRunning: () => number, patienceMs: number): Promise<boolean> {
    const start = performance.now();
    let quiet = 0;
    let seen = state.activity;
    for (let turns = 0; ; turns += 1) {
      const isQuiet = running() <= stillRunning() && seen === state.activity;
      seen = state.activity;
      quiet = isQuiet ? quiet + 1 : 0;
      if (quiet > quietTurns) return true;
      if (!isQuiet && turns > turnsBeforeWaiting && performance.now() - start >= patienceMs) return false;
      if (isQuiet || turns < turnsBeforeWaiting || patienceMs === 0) await turn();
      else await millisecond();
    }
  }

  function describeOpen(): string {
    const groups = [...state.storage.groups.values()].flatMap(({ name, members }) => {
      const out = members.flatMap((member) => [...member.out]);
      const [first] = out;
      if (first === undefined) return [];
      const { type, id } = first.item.message.content;
      return [`group "${name}" has ${out.length} in flight, the first is ${type} ${id}`];
    });
    return [`${running()} handlers or publishes are running`, ...groups].join('; ');
  }

  return {
    async idle({ timeoutMs = 5_000 } = {}) {
      if (await settle(() => 0, timeoutMs)) return;
      throw new Error(`The memory broker was not idle within ${timeoutMs} ms: ${describeOpen()}.`);
    },
    async advance(ms, { patienceMs = 10 } = {}) {
      if (virtualClock === undefined) {
        throw new ConfigurationError(
          "advance() moves a virtual clock, and this broker runs on the system's: memory({ clock: 'virtual' }).",
          'clock',
        );
      }
      if (!(ms >= 0)) throw new ConfigurationError('advance() takes milliseconds, 0 or more.', 'ms');
      // Handlers that wait for the time itself cannot finish before it moves: each is waited for once.
      let waiting = 0;
      const rest = async () => {
        await settle(() => (waiting = Math.min(waiting, running())), patienceMs);
        waiting = running();
      };
      const target = virtualClock.now() + ms;
      await rest();
      for (let due = virtualClock.nextDue(); due !== undefined && due <= target; due = virtualClock.nextDue()) {
        while (virtualClock.nextDue() === due) {
          virtualClock.runNext();
          await turn();
        }
        await rest();
      }
      virtualClock.moveTo(target);
      await rest();
    },
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function millisecond(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}
