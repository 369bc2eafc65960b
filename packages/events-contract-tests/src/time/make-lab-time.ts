import { fail } from '../verdict.ts';
import type { LabTime, TimeSource } from './lab-time.ts';

/** The waiting of the clauses, on any source of time. */
export function makeLabTime(source: TimeSource): LabTime {
  async function look(
    ended: (holdsNow: boolean) => boolean,
    condition: () => boolean | Promise<boolean>,
    forMs: number,
  ): Promise<boolean> {
    const deadline = source.now() + forMs;
    for (;;) {
      if (ended(await condition())) return true;
      const left = deadline - source.now();
      if (left <= 0) return false;
      await source.nextLook(left);
    }
  }

  return {
    now: () => source.now(),
    pass(ms) {
      return new Promise((resolve) => source.schedule(ms, resolve));
    },
    async until(condition, withinMs, what) {
      if (await look((holdsNow) => holdsNow, condition, withinMs)) return;
      fail(`within ${inWords(withinMs)}: ${await sentence(what)}`);
    },
    async within(promise, withinMs, what) {
      const { promise: late, resolve } = Promise.withResolvers<'late'>();
      const cancel = source.schedule(withinMs, () => resolve('late'));
      try {
        const first = await Promise.race([promise.then((value) => ({ value })), late]);
        return first === 'late' ? fail(`within ${inWords(withinMs)}: ${what}`) : first.value;
      } finally {
        cancel();
      }
    },
    async outside(work) {
      const release = source.hold?.();
      try {
        return await work;
      } finally {
        release?.();
      }
    },
    async stays(condition, forMs, what) {
      if (await look((holdsNow) => !holdsNow, condition, forMs)) fail(`for ${inWords(forMs)}: ${await sentence(what)}`);
    },
  };
}

async function sentence(what: string | (() => string | Promise<string>)): Promise<string> {
  return typeof what === 'string' ? what : await what();
}

function inWords(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`;
}
