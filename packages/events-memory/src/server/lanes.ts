import { createDeque } from './deque.ts';
import { createHeap } from './heap.ts';
import type { Item } from './item.ts';

/**
 * What a group has ready, one lane per topic. Within a lane always the lowest order first, so that what came back goes
 * before what was never out; between lanes in turns, so that nobody comes to rely on an order across topics.
 */
export interface Lanes {
  readonly size: number;
  add(item: Item): void;
  peek(): Item | undefined;
  take(): Item | undefined;
  [Symbol.iterator](): IterableIterator<Item>;
}

export function createLanes(): Lanes {
  const lanes = new Map<string, Lane>();
  const busy = createDeque<Lane>();
  let size = 0;

  return {
    get size() {
      return size;
    },
    add(item) {
      let lane = lanes.get(item.lane);
      if (lane === undefined) {
        lane = createLane();
        lanes.set(item.lane, lane);
      }
      if (lane.size === 0) busy.push(lane);
      lane.add(item);
      size += 1;
    },
    peek: () => busy.peek()?.peek(),
    take() {
      const lane = busy.shift();
      if (lane === undefined) return undefined;
      const item = lane.take();
      if (lane.size > 0) busy.push(lane);
      size -= 1;
      return item;
    },
    *[Symbol.iterator]() {
      for (const lane of lanes.values()) yield* lane;
    },
  };
}

interface Lane {
  readonly size: number;
  add(item: Item): void;
  peek(): Item | undefined;
  take(): Item | undefined;
  [Symbol.iterator](): IterableIterator<Item>;
}

function createLane(): Lane {
  /** Never out yet, in order. */
  const fresh = createDeque<Item>();
  /** Whatever came later than its order: returned, due for a retry, or older than the pattern that asked for it. */
  const late = createHeap<Item>((a, b) => a.order < b.order);
  let highest = -1;

  const lateFirst = () => {
    const first = late.peek();
    const next = fresh.peek();
    return first !== undefined && (next === undefined || first.order < next.order);
  };

  return {
    get size() {
      return fresh.length + late.size;
    },
    add(item) {
      if (item.order > highest) {
        highest = item.order;
        fresh.push(item);
      } else late.push(item);
    },
    peek: () => (lateFirst() ? late.peek() : fresh.peek()),
    take: () => (lateFirst() ? late.pop() : fresh.shift()),
    *[Symbol.iterator]() {
      yield* late;
      yield* fresh;
    },
  };
}
