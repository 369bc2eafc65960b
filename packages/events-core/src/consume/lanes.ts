/** Runs work of one lane strictly one after another, in order of arrival; lanes run side by side. An empty lane costs nothing. */
export interface Lanes {
  run<T>(lane: string, work: LaneWork<T>): Promise<T>;
}

/** The lane stays taken until the work has ended, and until what it gave to `holdUntil` has settled. */
type LaneWork<T> = (holdUntil: (over: Promise<void>) => void) => Promise<T>;

export function createLanes(): Lanes {
  /** Lanes at work, each with what waits in it. */
  const lanes = new Map<string, (() => void)[]>();

  function next(lane: string): void {
    const waiting = lanes.get(lane);
    const begin = waiting?.shift();
    if (begin === undefined) lanes.delete(lane);
    else begin();
  }

  function begin<T>(lane: string, work: LaneWork<T>): Promise<T> {
    let held: Promise<void> | undefined;
    const result = work((over) => {
      held = over;
    });
    return result.finally(() => {
      // Not returned: whoever waits for the work does not wait for the lane.
      if (held === undefined) next(lane);
      else held.then(() => next(lane));
    });
  }

  return {
    run(lane, work) {
      const waiting = lanes.get(lane);
      if (waiting === undefined) {
        lanes.set(lane, []);
        return begin(lane, work);
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      return promise.then(() => begin(lane, work));
    },
  };
}
