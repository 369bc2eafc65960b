import {
  type AdapterRuntime,
  BrokerUnavailableError,
  ClosedError,
  EventsError,
  NoAnswer,
  within,
} from '@payments/events-core';
import type { Admin } from 'kafkajs';
import { createAdminInstances, type Instance } from './admin-instances.ts';
import type { Client } from './client.ts';
import { closedMessage, explained, isAnswer, protocolType, refusedConnection, rootOf, unavailable } from '../errors.ts';
import type { Settings } from '../settings.ts';

/** Asks Kafka, over as many connections as it takes. */
export interface Administrator {
  /**
   * Asks for something that may be asked again. Bounded in time (twice the request timeout unless `ms` says otherwise); a
   * broker that stays silent costs the instance, and the next question goes over a fresh one. `what` ends the sentence
   * "Kafka did not …": `list the topics`. Nobody else uses the instance meanwhile; `run` itself must not ask for
   * `fetchTopicMetadata` beside something else.
   * @throws {BrokerUnavailableError} when no answer came: the native error is the cause.
   * @throws {ConfigurationError} for refused credentials and the like.
   * @throws {ClosedError} after `close`.
   * What the broker has answered with and stands by is thrown as it is: `protocolType` of errors.ts tells what it is.
   */
  ask<T>(what: string, run: (admin: Admin) => Promise<T>, ms?: number): Promise<T>;
  /** What went wrong last, undefined after an answer. */
  readonly lastError: EventsError | undefined;
  /** Frees the sockets. Idempotent. */
  close(): Promise<void>;
}

export interface AdministratorOptions {
  readonly settings: Settings;
  readonly runtime: Pick<AdapterRuntime, 'clock'>;
  readonly client: () => Client;
  readonly progressed: () => void;
}

export function createAdministrator({ settings, runtime, client, progressed }: AdministratorOptions): Administrator {
  const { clock } = runtime;
  const instances = createAdminInstances({ clock, client });
  let closed = false;
  let lastError: EventsError | undefined;

  async function ask<T>(
    what: string,
    run: (admin: Admin) => Promise<T>,
    ms = 2 * settings.requestTimeoutMs,
  ): Promise<T> {
    if (closed) throw closedError();
    const question = put(run);
    try {
      const found = await within(question.answer, { clock, ms, who: 'Kafka', what });
      lastError = undefined;
      progressed();
      return found;
    } catch (error) {
      if (closed) throw closedError();
      if (error instanceof NoAnswer) question.leave();
      if (EventsError.isInstance(error)) throw error;
      const refused = refusedConnection(error);
      if (refused === undefined && isAnswer(error)) throw rootOf(error);
      lastError = refused ?? noAnswer(what, error);
      throw lastError;
    }
  }

  function put<T>(run: (admin: Admin) => Promise<T>) {
    let instance: Instance | undefined;
    let left = false;
    let cancel = () => {};

    async function answer(): Promise<T> {
      const taken = await instances.take();
      instance = taken;
      let fit = left;
      try {
        if (left) throw new Error('Nobody waits for this any more.');
        const found = await run(taken.admin);
        taken.answeredAt = clock.elapsed();
        fit = true;
        return found;
      } catch (thrown) {
        const error = explained(thrown, taken.client);
        fit ||= staysFit(error);
        throw error;
      } finally {
        cancel();
        if (fit) instances.giveBack(taken);
        else drop(taken);
      }
    }

    /** Nobody waits for the answer any more; until it comes the instance is not free. */
    function leave(): void {
      left = true;
      if (instance === undefined) return;
      const silent = instance;
      const patienceMs = settings.requestTimeoutMs - (clock.elapsed() - silent.answeredAt);
      // Who has little time may be told less than a slow connection could tell.
      if (patienceMs > 0) cancel = clock.schedule(patienceMs, () => drop(silent));
      else drop(silent);
    }

    return { answer: answer(), leave };
  }

  /** It asks for a topic that is gone again and again, whatever it is asked for itself. */
  function staysFit(error: unknown): boolean {
    return isAnswer(error) && protocolType(error) !== 'UNKNOWN_TOPIC_OR_PARTITION';
  }

  function drop(instance: Instance): void {
    instances.drop(instance, new Error('This connection is not needed any more.'));
  }

  function noAnswer(what: string, error: unknown): BrokerUnavailableError {
    if (error instanceof NoAnswer) return new BrokerUnavailableError(error.message, { cause: error });
    return unavailable(`Kafka did not ${what}`, error, settings);
  }

  return {
    ask,
    get lastError() {
      return lastError;
    },
    close() {
      closed = true;
      instances.close(closedError());
      return Promise.resolve();
    },
  };
}

function closedError(): ClosedError {
  return new ClosedError(closedMessage);
}
