import { connectionOf, defaultDrainTimeoutMs, type Borrower } from '../connection/connection.ts';
import { jsonCodec } from '../codec/json-codec.ts';
import type { AdapterSubscription } from '../contract/subscription.ts';
import { BrokerUnavailableError } from '../errors/broker-unavailable-error.ts';
import { ClosedError } from '../errors/closed-error.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { describeError } from '../errors/describe-error.ts';
import type { EventDefinitions } from '../events/event-definition.ts';
import type { PaymentEvents } from '../events/event-types.ts';
import { paymentEvents } from '../events/payment-events.ts';
import { resolveConsumerLimits, type ConsumerOptions } from './consumer-options.ts';
import type { Consumer, StopReport } from './consumer.ts';
import { createHandlerRegistry } from './handler-registry.ts';
import type { Handler, Middleware } from './handler.ts';
import { checkHold } from './hold.ts';
import { createInboxGuard } from './inbox-guard.ts';
import { createPipeline } from './pipeline.ts';
import { delaySteps } from './retry-policy.ts';
import { busyDelayMs } from './settle.ts';
import { createStopping } from './stopping.ts';

/** What the inbox's claim outlives the handler's deadline by, so that a claim never ends before its attempt. */
const inboxGraceMs = 5_000;

/**
 * A consumer of one group. Register handlers, then `start`.
 * @throws {ConfigurationError} for an option outside its range.
 */
export function createConsumer<M = PaymentEvents>(options: ConsumerOptions<M>): Consumer<M> {
  const connection = connectionOf(options.broker);
  const { adapter, runtime } = connection;
  const { clock, logger } = runtime;
  const limits = resolveConsumerLimits(options, connection.defaultGroup);
  const { group, ordering, handlerTimeoutMs, policy } = limits;
  const events = (options.events ?? paymentEvents) as EventDefinitions;
  const registry = createHandlerRegistry(Object.keys(events));
  const middleware: Middleware[] = [];
  const inboxGuard =
    options.inbox === undefined
      ? undefined
      : createInboxGuard({ inbox: options.inbox, group, leaseMs: handlerTimeoutMs + inboxGraceMs, logger, clock });
  const pipeline = createPipeline({
    ...limits,
    opening: { events, codecs: options.codecs ?? [jsonCodec], foreignAmounts: options.foreign?.amounts },
    registry,
    middleware,
    inboxGuard,
    runtime,
    maxHoldMs: adapter.capabilities.maxHoldMs,
    working: connection.working,
  });

  const stopping = new AbortController();
  const { promise: ended, resolve: resolveEnded, reject: rejectEnded } = Promise.withResolvers<void>();
  // Whoever wants to know awaits it; whoever does not must not be killed by an unhandled rejection. It is logged below.
  ended.catch(() => {});
  let starting: Promise<AdapterSubscription> | undefined;
  let stopped: Promise<StopReport> | undefined;

  let claimed = false;

  const borrower: Borrower = { kind: 'consumer', close: (how) => stop(how) };
  connection.borrow(borrower);

  function beforeStart(what: string): void {
    if (starting === undefined && stopped === undefined) return;
    throw new ConfigurationError(`consumer.${what}() comes too late: call it before start().`, `consumer.${what}`);
  }

  async function subscribe(): Promise<AdapterSubscription> {
    try {
      registry.check();
      checkHold(limits, adapter.system, adapter.capabilities);
      connection.claimGroup(group);
      claimed = true;
      await connection.ready(stopping.signal);
      return await adapter.subscribe(
        {
          group,
          patterns: registry.patterns,
          types: registry.types(),
          ordering,
          retryDelaysMs: delaySteps(policy, ordering, options.inbox === undefined ? [] : [busyDelayMs]),
          startFrom: options.startFrom ?? connection.startFrom,
          maxInFlight: limits.maxInFlight,
          handlerTimeoutMs,
        },
        pipeline.deliver,
      );
    } catch (error) {
      await leave();
      throw error;
    }
  }

  async function leave(): Promise<void> {
    pipeline.close();
    if (claimed) connection.releaseGroup(group);
    claimed = false;
    await connection.giveBack(borrower);
  }

  function watch(subscription: AdapterSubscription): void {
    const endedByItself = (error: unknown) => {
      if (stopped !== undefined) return;
      logger.error(
        { group, err: describeError(error) },
        `group ${group} has stopped consuming: ${describeError(error).text}`,
      );
      rejectEnded(error);
    };
    subscription.ended.then(
      () => endedByItself(new BrokerUnavailableError(`The subscription of group ${group} has ended by itself.`)),
      endedByItself,
    );
  }

  const stopWithin = createStopping({ group, clock, logger, pipeline, starting: () => starting, leave });

  function stop({ drainTimeoutMs = defaultDrainTimeoutMs } = {}): Promise<StopReport> {
    const first = stopped === undefined;
    stopping.abort(new ClosedError(`The consumer of group ${group} was stopped.`));
    stopped = stopWithin(drainTimeoutMs);
    if (first) stopped.then(() => resolveEnded(), rejectEnded);
    return stopped;
  }

  const consumer: Consumer<M> = {
    group,
    on(pattern: string, handler: unknown) {
      beforeStart('on');
      registry.add(pattern, handler as Handler);
      return consumer;
    },
    use(layer) {
      beforeStart('use');
      if (typeof layer !== 'function') {
        throw new ConfigurationError(
          'consumer.use() takes a function: (event, context, next) => Promise.',
          'consumer.use',
        );
      }
      middleware.push(layer);
      return consumer;
    },
    async start() {
      if (stopped !== undefined) throw new ClosedError(`The consumer of group ${group} was stopped: create a new one.`);
      if (starting === undefined) {
        starting = subscribe();
        starting.then(watch, () => {});
      }
      await starting;
    },
    stop,
    ended,
    stats: pipeline.stats,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
  return consumer;
}
