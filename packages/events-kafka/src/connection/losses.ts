import { type AdapterRuntime, backoffMs, describeError, wait } from '@payments/events-core';

/** Tells of lost connections, and of when Kafka answers again. */
export interface Losses {
  /** From now on a connection that ends is a loss. */
  begin(): void;
  lost(why: Error): void;
  close(): void;
}

export interface LossesOptions {
  readonly runtime: AdapterRuntime;
  /** Resolves when Kafka has answered on a connection that may be a new one. */
  readonly probe: () => Promise<unknown>;
}

/** The client has many connections: one loss is told of, whichever it is, and one return. */
export function createLosses({ runtime, probe }: LossesOptions): Losses {
  const { clock, logger, random } = runtime;
  const closing = new AbortController();
  let begun = false;
  let away = false;

  async function untilBack(): Promise<void> {
    for (let failures = 0; !closing.signal.aborted; failures += 1) {
      try {
        await probe();
        break;
      } catch {
        await wait(clock, backoffMs(failures, random), closing.signal);
      }
    }
    away = false;
    if (!closing.signal.aborted) runtime.notify({ kind: 'connection', state: 'found' });
  }

  return {
    begin() {
      begun = true;
    },
    lost(why) {
      if (!begun || away || closing.signal.aborted) return;
      logger.info({ system: 'kafka', err: describeError(why) }, 'a connection to Kafka has ended');
      away = true;
      runtime.notify({ kind: 'connection', state: 'lost' });
      void untilBack();
    },
    close: () => closing.abort(),
  };
}
