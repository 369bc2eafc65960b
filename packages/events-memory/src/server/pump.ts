import { setImmediate } from 'node:timers';
import type { Group } from './group.ts';

/** Hands over what groups have ready, in a microtask: all that one turn of the event loop sends or settles goes in one batch. */
export interface Pump {
  wake(group: Group): void;
}

/** Handlers that never leave the microtask queue would keep timers and sockets from ever running. */
const mostPerTurn = 1_000;

/** `mayRun` is asked before each batch; when it says no, the group waits until it is woken again. */
export function createPump(mayRun: () => boolean): Pump {
  const awake: Group[] = [];
  let scheduled = false;
  let left = mostPerTurn;

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    if (left > 0) queueMicrotask(run);
    else setImmediate(nextTurn);
  }

  function nextTurn(): void {
    left = mostPerTurn;
    run();
  }

  function run(): void {
    scheduled = false;
    for (let count = awake.length; count > 0; count -= 1) {
      const group = awake.shift();
      if (group === undefined) break;
      group.awake = false;
      if (!mayRun()) continue;
      left -= group.handOver(left);
      if (left <= 0) {
        wake(group);
        break;
      }
    }
    if (awake.length > 0) schedule();
  }

  function wake(group: Group): void {
    if (!group.awake) {
      group.awake = true;
      awake.push(group);
    }
    schedule();
  }

  return { wake };
}
