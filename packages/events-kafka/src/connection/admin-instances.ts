import type { Clock } from '@payments/events-core';
import type { Admin } from 'kafkajs';
import type { Client } from './client.ts';

/** One instance of the client that asks. */
export interface Instance {
  readonly client: Client;
  readonly admin: Admin;
  /** When it has last answered, on the clock that never goes back; at first when it was made. */
  answeredAt: number;
}

/**
 * Instances that are asked one question at a time: each question about one topic makes the client forget what it knows of the
 * others, and another that runs meanwhile is answered that they have no partitions.
 */
export interface AdminInstances {
  /** One that nobody uses, connected; waited for where there are many already. */
  take(): Promise<Instance>;
  /** It may be asked something else. */
  giveBack(instance: Instance): void;
  /** It is of no more use. */
  drop(instance: Instance, why: Error): void;
  close(why: Error): void;
}

export interface AdminInstancesOptions {
  readonly clock: Clock;
  readonly client: () => Client;
}

/** More questions wait for each other. */
const mostInstances = 4;
/** How long one more than is needed is kept. */
const spareMs = 5_000;

export function createAdminInstances({ clock, client }: AdminInstancesOptions): AdminInstances {
  const all = new Set<Instance>();
  const idle: Instance[] = [];
  const waiting: ((instance: Promise<Instance>) => void)[] = [];
  let closed: Error | undefined;
  let cancelTidying = () => {};

  async function begin(): Promise<Instance> {
    const made = client();
    const admin = made.kafka.admin({ retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 500 } });
    const instance = { client: made, admin, answeredAt: clock.elapsed() };
    all.add(instance);
    try {
      await admin.connect();
      return instance;
    } catch (error) {
      drop(instance, new Error('This connection could not be made.'));
      throw error;
    }
  }

  function take(): Promise<Instance> {
    if (closed !== undefined) return Promise.reject(closed);
    const free = idle.pop();
    if (free !== undefined) return Promise.resolve(free);
    if (all.size < mostInstances) return begin();
    return new Promise((resolve) => waiting.push(resolve));
  }

  function giveBack(instance: Instance): void {
    if (!all.has(instance)) return;
    const next = waiting.shift();
    if (next !== undefined) return next(Promise.resolve(instance));
    idle.push(instance);
    cancelTidying();
    cancelTidying = clock.schedule(spareMs, tidy);
  }

  /** One is enough as a rule. */
  function tidy(): void {
    while (idle.length > 1) drop(idle[0]!, new Error('This connection is not needed any more.'));
  }

  function drop(instance: Instance, why: Error): void {
    if (!all.delete(instance)) return;
    const place = idle.indexOf(instance);
    if (place !== -1) idle.splice(place, 1);
    instance.client.destroy(why);
    const next = closed === undefined ? waiting.shift() : undefined;
    next?.(begin());
  }

  return {
    take,
    giveBack,
    drop,
    close(why) {
      closed = why;
      cancelTidying();
      for (const one of Array.from(all)) drop(one, why);
      for (const next of waiting.splice(0)) next(Promise.reject(why));
    },
  };
}
