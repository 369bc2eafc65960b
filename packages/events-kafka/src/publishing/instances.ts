import { aborted, backoffMs, wait, type AdapterRuntime, type ConfigurationError } from '@payments/events-core';
import type { Client } from '../connection/client.ts';
import { closedMessage, refusedConnection } from '../errors.ts';
import { openInstance, type Instance } from './instance.ts';

/** Keeps one instance of the client there: one that is given up is followed by a fresh one, however long it takes. */
export interface Instances {
  /** Undefined while there is none. */
  readonly live: Instance | undefined;
  /** Why there is none: what waiting will hardly mend. It is tried all the same. */
  readonly refusal: ConfigurationError | undefined;
  /** Why the last one was given up, or could not be had. */
  readonly lastError: unknown;
  /** It has brought something through. */
  proven(instance: Instance): void;
  /** It has not answered in time. It may hold on to a dead connection: from the second time on, in a row, it connects anew. */
  timedOut(instance: Instance, error: unknown): void;
  /** One of its connections is gone. Another may be used instead, unless it has brought something through since then. */
  disconnected(instance: Instance, since: number, error: unknown): void;
  /** Another is to be used instead. What it is asked already it may still answer. */
  leave(instance: Instance, error: unknown): void;
  /** It does not even end what it is asked. */
  destroy(instance: Instance, why: Error): void;
  /** For good. At abort nothing is waited for. */
  close(signal: AbortSignal): Promise<void>;
}

export interface InstancesOptions {
  readonly runtime: Pick<AdapterRuntime, 'clock' | 'random'>;
  readonly client: () => Client;
  readonly connectMs: number;
  /** There is one. */
  readonly opened: () => void;
  /** There is a refusal. */
  readonly refused: () => void;
}

/** A second or two between tries is little for a broker, and long for those who wait. */
const mostFailures = 5;
const mostTimeouts = 2;

export function createInstances({ runtime, client, connectMs, opened, refused }: InstancesOptions): Instances {
  const { clock, random } = runtime;
  const closing = new AbortController();
  let live: Instance | undefined;
  let making: Client | undefined;
  let refusal: ConfigurationError | undefined;
  let lastError: unknown;
  /** In a row, of tries to connect and of instances that brought nothing through. */
  let failures = 0;
  let provenAt = -Infinity;
  let timeouts = 0;

  async function renew(): Promise<void> {
    for (; live === undefined; failures += 1) {
      if (failures > 0) await wait(clock, backoffMs(Math.min(failures, mostFailures), random), closing.signal);
      if (closing.signal.aborted) return;
      try {
        making = client();
        live = await openInstance({ clock, client: making, connectMs });
      } catch (error) {
        lastError = error;
        refusal = refusedConnection(error);
        if (refusal !== undefined) refused();
      }
    }
    refusal = undefined;
    timeouts = 0;
    if (closing.signal.aborted) await live.close();
    else opened();
  }

  /** False for one that was left before. */
  function drop(instance: Instance, error: unknown): boolean {
    if (live === undefined || live !== instance) return false;
    live = undefined;
    lastError = error;
    void renew();
    return true;
  }

  function leave(instance: Instance, error: unknown): void {
    if (drop(instance, error)) instance.retire();
  }

  // Not before this has returned: what it is told of may ask for the answer of `live`.
  queueMicrotask(() => void renew());

  return {
    get live() {
      return live;
    },
    get refusal() {
      return refusal;
    },
    get lastError() {
      return lastError;
    },
    proven(instance) {
      if (instance !== live) return;
      provenAt = clock.elapsed();
      failures = 0;
      timeouts = 0;
    },
    timedOut(instance, error) {
      if (instance !== live) return;
      timeouts += 1;
      if (timeouts < mostTimeouts) return;
      timeouts = 0;
      instance.cut(new Error('Kafka does not answer on this connection.', { cause: error }));
    },
    disconnected(instance, since, error) {
      if (provenAt < since) leave(instance, error);
    },
    leave,
    destroy(instance, why) {
      drop(instance, why);
      instance.destroy(why);
    },
    async close(signal) {
      closing.abort();
      const last = live;
      const why = new Error(closedMessage);
      if (last === undefined) making?.destroy(why);
      else if (!signal.aborted) await Promise.race([last.close(), aborted(signal)]);
      live = undefined;
      last?.destroy(why);
    },
  };
}
