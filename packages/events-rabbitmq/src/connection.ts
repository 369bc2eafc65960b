import {
  BrokerUnavailableError,
  ConfigurationError,
  describeError,
  EventsError,
  wait,
  type AdapterRuntime,
} from '@payments/events-core';
import { createCopies, type Copies, type CopiesLane } from './publishing/copies.ts';
import { dial } from './connection/dial.ts';
import { unavailable } from './errors.ts';
import type { LanePlace } from './publishing/lane.ts';
import { createLink, type Link, type Live } from './connection/link.ts';
import type { Settings } from './settings.ts';
import { declareExchange } from './topology.ts';

/** The two connections of an adapter, and what everything on them shares. What a subscription needs of them. */
export interface Connection {
  readonly runtime: AdapterRuntime;
  readonly settings: Settings;
  readonly publishing: Link;
  readonly consuming: Link;
  readonly copies: Copies;
  readonly closed: boolean;
  /** An answer came: proof that things move. */
  progressed(): void;
  /** When the last answer came, in milliseconds since the Unix epoch. */
  readonly lastProgressAt: number | undefined;
}

/** All of it: what topology, sweeps, health and the adapter itself need. Who closes it, owns it. */
export interface OwnConnection extends Connection {
  readonly copies: CopiesLane;
  /** Where lanes are made. */
  readonly place: LanePlace;
  /** Resolves when both connections are there and events can be sent. @throws {ConfigurationError} {BrokerUnavailableError} */
  ready(signal: AbortSignal): Promise<void>;
  /** The connection that consumes, waited for a little. @throws {BrokerUnavailableError} {ClosedError} */
  consumingWithin(ms: number): Promise<Live>;
  /** Declares the exchange again: somebody has deleted it. @throws {BrokerUnavailableError} {ConfigurationError} */
  repair(): Promise<void>;
  /** After the lanes are drained. */
  close(signal: AbortSignal): Promise<void>;
}

export function createConnection(settings: Settings, runtime: AdapterRuntime): OwnConnection {
  const { clock } = runtime;
  const publishing = linkCalled('publishing');
  const consuming = linkCalled('consuming');
  let closed = false;
  let lastProgressAt: number | undefined;
  let repairing: Promise<void> | undefined;

  function linkCalled(name: Link['name']): Link {
    return createLink({
      name,
      runtime,
      dial: (signal) => dial({ settings, runtime, name }, signal),
      isFatal: (error) => ConfigurationError.isInstance(error),
    });
  }

  const progressed = () => {
    lastProgressAt = clock.now();
  };
  // Two heartbeats are what a silent peer is given; a broker with much to do may take longer than that.
  const place: LanePlace = { link: publishing, runtime, silenceMs: Math.max(10_000, settings.heartbeatS * 2_000) };
  const copies = createCopies({ place, progressed });

  /** One loss is told of, whichever connection it is, and one return, when both are back. */
  function tellOfLosses(): void {
    let lost = false;
    const listener = {
      found() {
        if (!lost || publishing.live === undefined || consuming.live === undefined) return;
        lost = false;
        runtime.notify({ kind: 'connection', state: 'found' });
      },
      lost(_: Live, error: unknown) {
        runtime.logger.info({ system: 'rabbitmq', err: describeError(error) }, 'a connection to RabbitMQ has ended');
        if (lost) return;
        lost = true;
        runtime.notify({ kind: 'connection', state: 'lost' });
      },
    };
    publishing.eachLive(listener);
    consuming.eachLive(listener);
  }

  async function ready(signal: AbortSignal): Promise<void> {
    try {
      await Promise.all([publishing.next(signal), consuming.next(signal)]);
      for (;;) {
        const live = await consuming.next(signal);
        try {
          await declareExchange(live, { clock, settings });
          break;
        } catch (error) {
          if (!EventsError.isInstance(error) || !error.retryable) throw error;
          // The next connection, or this one a little later.
          await wait(clock, retryMs, AbortSignal.any([signal, live.over]));
          signal.throwIfAborted();
        }
      }
      progressed();
      tellOfLosses();
    } catch (error) {
      if (!signal.aborted) throw error;
      const last = publishing.lastError ?? consuming.lastError;
      const where = `RabbitMQ at ${settings.host}:${settings.port} could not be reached in time`;
      throw last === undefined ? new BrokerUnavailableError(`${where}.`) : unavailable(where, last);
    }
  }

  async function consumingWithin(ms: number): Promise<Live> {
    if (consuming.live !== undefined) return consuming.live;
    const late = new AbortController();
    const cancel = clock.schedule(ms, () => late.abort());
    try {
      return await consuming.next(late.signal);
    } catch (error) {
      if (!late.signal.aborted) throw error;
      throw unavailable('There is no connection to RabbitMQ', consuming.lastError ?? new Error('not connected yet'));
    } finally {
      cancel();
    }
  }

  async function repair(): Promise<void> {
    const text = `exchange "${settings.exchange}" or a queue for unroutable events is missing, and is declared again; queues that others had bound are not`;
    runtime.logger.warn({ system: 'rabbitmq' }, text);
    await declareExchange(await consumingWithin(retryMs), { clock, settings });
  }

  return {
    runtime,
    settings,
    publishing,
    consuming,
    copies,
    place,
    get closed() {
      return closed;
    },
    progressed,
    get lastProgressAt() {
      return lastProgressAt;
    },
    ready,
    consumingWithin,
    repair() {
      // Many sends fail together.
      repairing ??= repair().finally(() => {
        repairing = undefined;
      });
      return repairing;
    },
    async close(signal) {
      closed = true;
      await copies.lane.drain(signal);
      await copies.lane.close(signal);
      await Promise.all([publishing.close(signal), consuming.close(signal)]);
    },
  };
}

/** Between tries to declare what RabbitMQ has not answered for. */
const retryMs = 1_000;
