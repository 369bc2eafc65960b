/** What some work has cost. */
export interface Cost {
  readonly events: number;
  readonly seconds: number;
  /** Of all threads of the process: garbage collector and compiler included. */
  readonly cpuMicrosPerEvent: number;
}

export async function measure(events: number, work: () => Promise<void>): Promise<Cost> {
  globalThis.gc?.();
  const startedAt = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { events, seconds: (performance.now() - startedAt) / 1000, cpuMicrosPerEvent: (user + system) / events };
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
