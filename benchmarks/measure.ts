import { cpus } from 'node:os';

/** What some work has cost. */
export interface Cost {
  readonly events: number;
  readonly seconds: number;
  /** Of all threads of the process: garbage collector and compiler included. */
  readonly cpuMicrosPerEvent: number;
  /** Share of all processors of the machine that were busy, with whatever it was. */
  readonly machineBusy: number;
}

/** From now until `stop`. */
export function startMeasuring(): { stop(events: number): Cost } {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const machineBefore = machineTimes();
  return {
    stop(events) {
      const { user, system } = process.cpuUsage(before);
      const seconds = (performance.now() - startedAt) / 1000;
      const machine = machineTimes();
      const idle = (machine.idle - machineBefore.idle) / (machine.all - machineBefore.all || 1);
      return { events, seconds, cpuMicrosPerEvent: (user + system) / events, machineBusy: 1 - idle };
    },
  };
}

function machineTimes(): { readonly idle: number; readonly all: number } {
  let idle = 0;
  let all = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.idle + times.user + times.nice + times.sys + times.irq;
  }
  return { idle, all };
}

export async function measure(events: number, work: () => Promise<void>): Promise<Cost> {
  globalThis.gc?.();
  const watch = startMeasuring();
  await work();
  return watch.stop(events);
}

/** Bytes of the heap that are in use after everything unused was collected. */
export async function heapBytes(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error('Heap is measured with node --expose-gc.');
  // Twice, with turns of the event loop between: what finalizers let go of is collected the second time.
  for (let round = 0; round < 2; round += 1) {
    globalThis.gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}
