import {
  aborted,
  type AdapterRuntime,
  backoffMs,
  ClosedError,
  type EventsError,
  wait,
  within,
} from '@payments/events-core';
import type { ChannelModel } from 'amqplib';

/** One connection while it lasts. */
export interface Live {
  readonly model: ChannelModel;
  /** Aborts when this connection is gone, with the reason. */
  readonly over: AbortSignal;
  /** Call it after a publish: all of one turn go out at once. */
  joinWrites(): void;
  /** Ends it at once, without a goodbye, and another one is made: no answer came in time. Idempotent. */
  giveUp(why: Error): void;
}

interface LinkListener {
  /** Connected: called before anybody who waits in `next`. */
  found(live: Live): void;
  /** The connection is gone; `live.over` has aborted already. */
  lost?(live: Live, error: unknown): void;
  /** The broker refuses to let us in, and waiting will hardly mend that. Trying goes on, slowly. */
  failed?(error: EventsError): void;
  /** The broker takes messages again. */
  unblocked?(): void;
}

/**
 * One supervised AMQP connection. There are two per adapter, `publishing` (events and copies) and `consuming`
 * (subscriptions, topology, sweeps): an alarm stalls the whole of a connection that publishes, its acknowledgements too.
 */
export interface Link {
  readonly name: 'publishing' | 'consuming';
  /** The connection there is now, if any. */
  readonly live: Live | undefined;
  /** Why the broker takes nothing from this connection (an alarm), if it does not. */
  readonly blocked: string | undefined;
  /** Why it cannot be connected, when waiting will hardly mend that. */
  readonly failure: EventsError | undefined;
  /** What the last try to connect failed with. */
  readonly lastError: unknown;
  /** Tells of each connection, the present one included. The returned function ends that. */
  eachLive(listener: LinkListener): () => void;
  /**
   * The connection there is, or the next one.
   * @throws signal.reason at abort, {ClosedError} after close, {ConfigurationError} when it cannot go on.
   */
  next(signal?: AbortSignal): Promise<Live>;
  /** Says goodbye unless the signal aborts. Idempotent; nothing is connected afterwards. */
  close(signal: AbortSignal): Promise<void>;
}

/** A connection fresh from the network; whoever dialled says what it wants to hear of it. */
export interface Dialled extends Live {
  /** Calls back with the broker's reason, or undefined when it takes again. */
  onBlocked(listener: (reason: string | undefined) => void): void;
}

export interface LinkOptions {
  readonly name: Link['name'];
  readonly runtime: AdapterRuntime;
  /** One try to connect. */
  dial(signal: AbortSignal): Promise<Dialled>;
  /** Whether an error of `dial` is one that waiting will not mend. */
  isFatal(error: unknown): error is EventsError;
}

const closeMs = 2_000;
/** A connection that lasted so long, in milliseconds, was a success. One that is ended sooner counts as another failure. */
const steadyMs = 250;
/**
 * What was connected before, and is refused for less than this, may be refused in passing: a password that is being changed, a
 * limit on connections, a virtual host that starts. Milliseconds.
 */
const refusedForMs = 5_000;

export function createLink({ name, runtime, dial, isFatal }: LinkOptions): Link {
  const { clock, random } = runtime;
  const listeners = new Set<LinkListener>();
  const ending = new AbortController();
  let live: Live | undefined;
  let blocked: string | undefined;
  let failure: EventsError | undefined;
  let lastError: unknown;
  let wasLive = false;
  let foundAt = 0;
  /** Connections in a row that were ended at once. */
  let shortLived = 0;

  async function keepDialling(): Promise<void> {
    let refusedSince: number | undefined;
    for (let failures = shortLived; !ending.signal.aborted; failures += 1) {
      if (failures > 0 || wasLive) await wait(clock, backoffMs(failures, random), ending.signal);
      if (ending.signal.aborted) return;
      try {
        return establish(await dial(ending.signal));
      } catch (error) {
        lastError = error;
        if (!isFatal(error)) refusedSince = undefined;
        else {
          refusedSince ??= clock.elapsed();
          if (!wasLive || clock.elapsed() - refusedSince >= refusedForMs) fail(error);
        }
      }
    }
  }

  /** Those that are listening now: one that comes meanwhile is told by `eachLive`. */
  function tell(say: (listener: LinkListener) => void): void {
    for (const listener of Array.from(listeners)) say(listener);
  }

  function fail(error: EventsError): void {
    failure = error;
    tell((listener) => listener.failed?.(error));
  }

  function establish(found: Dialled): void {
    if (ending.signal.aborted) return found.giveUp(new Error('The adapter was closed.'));
    if (found.over.aborted) return lose(found);
    live = found;
    failure = undefined;
    wasLive = true;
    foundAt = clock.elapsed();
    found.onBlocked((reason) => {
      if (live !== found) return;
      blocked = reason;
      if (reason === undefined) tell((listener) => listener.unblocked?.());
    });
    found.over.addEventListener('abort', () => lose(found), { once: true });
    tell((listener) => listener.found(found));
  }

  function lose(lost: Live): void {
    lastError = lost.over.reason;
    wasLive = true;
    shortLived = live === lost && clock.elapsed() - foundAt >= steadyMs ? 0 : shortLived + 1;
    if (live === lost) {
      live = undefined;
      blocked = undefined;
      tell((listener) => listener.lost?.(lost, lost.over.reason));
    }
    void keepDialling();
  }

  function next(signal?: AbortSignal): Promise<Live> {
    if (ending.signal.aborted) return Promise.reject(ending.signal.reason);
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (live !== undefined) return Promise.resolve(live);
    if (failure !== undefined) return Promise.reject(failure);
    const { promise, resolve, reject } = Promise.withResolvers<Live>();
    const onAbort = () => reject(signal?.reason);
    const onEnd = () => reject(ending.signal.reason);
    const forget = eachLive({ found: resolve, failed: reject });
    signal?.addEventListener('abort', onAbort, { once: true });
    ending.signal.addEventListener('abort', onEnd, { once: true });
    return promise.finally(() => {
      forget();
      signal?.removeEventListener('abort', onAbort);
      ending.signal.removeEventListener('abort', onEnd);
    });
  }

  function eachLive(listener: LinkListener): () => void {
    listeners.add(listener);
    if (live !== undefined) listener.found(live);
    return () => void listeners.delete(listener);
  }

  async function close(signal: AbortSignal): Promise<void> {
    ending.abort(new ClosedError('The RabbitMQ adapter was closed.'));
    listeners.clear();
    const last = live;
    live = undefined;
    if (last === undefined) return;
    const closed = new Error('The adapter was closed.');
    const atOnce = () => last.giveUp(closed);
    signal.addEventListener('abort', atOnce, { once: true });
    if (signal.aborted) atOnce();
    // The client never settles a close when the connection dies under it.
    else
      await within(Promise.race([last.model.close(), aborted(last.over)]), {
        clock,
        ms: closeMs,
        who: 'RabbitMQ',
        what: 'say goodbye',
      }).catch(() => {});
    signal.removeEventListener('abort', atOnce);
    last.giveUp(closed);
  }

  void keepDialling();
  return {
    name,
    get live() {
      return live;
    },
    get blocked() {
      return blocked;
    },
    get failure() {
      return failure;
    },
    get lastError() {
      return lastError;
    },
    eachLive,
    next,
    close,
  };
}
