/** Runs work of one lane strictly one after another, in order of arrival; lanes run side by side. An empty lane costs nothing. */
export interface Lanes {
  run<T>(lane: string, work: () => Promise<T>): Promise<T>;
}

export function createLanes(): Lanes {
  /** Lanes at work, each with what waits in it. */
  const lanes = new Map<string, (() => void)[]>();

  function next(lane: string): void {
    const waiting = lanes.get(lane);
    const begin = waiting?.shift();
    if (begin === undefined) lanes.delete(lane);
    else begin();
  }

  return {
    run(lane, work) {
      const waiting = lanes.get(lane);
      if (waiting === undefined) {
        lanes.set(lane, []);
        return work().finally(() => next(lane));
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      return promise.then(work).finally(() => next(lane));
    },
  };
}
