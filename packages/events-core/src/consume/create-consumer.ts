import { connectionOf, type Borrower } from '../broker/connection.ts';
import { jsonCodec } from '../codec/json-codec.ts';
import type { Capabilities } from '../contract/capabilities.ts';
import type { AdapterSubscription } from '../contract/subscription.ts';
import { ClosedError } from '../errors/closed-error.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { describeError } from '../errors/describe-error.ts';
import { UnsupportedCapabilityError } from '../errors/unsupported-capability-error.ts';
import type { EventDefinitions } from '../events/event-definition.ts';
import type { PaymentEvents } from '../events/event-types.ts';
import { paymentEvents } from '../events/payment-events.ts';
import { resolveConsumerLimits, type ConsumerLimits, type ConsumerOptions } from './consumer-options.ts';
import type { Consumer, StopReport } from './consumer.ts';
import { createHandlerRegistry } from './handler-registry.ts';
import type { Handler, Middleware } from './handler.ts';
import { createInboxGuard } from './inbox-guard.ts';
import { createPipeline } from './pipeline.ts';
import { delayAfter, delaySteps } from './retry-policy.ts';

/** What an adapter gets, after the drain deadline, to hand back what was left unfinished. */
const releaseGraceMs = 300;
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
  const defaults = 'contractVersion' in options.broker ? undefined : options.broker;
  const limits = resolveConsumerLimits(options, defaults?.defaultGroup ?? 'payment-service');
  const { group, ordering, handlerTimeoutMs, policy } = limits;
  const events = (options.events ?? paymentEvents) as EventDefinitions;
  const registry = createHandlerRegistry(Object.keys(events));
  const middleware: Middleware[] = [];
  const inboxGuard =
    options.inbox === undefined
      ? undefined
      : createInboxGuard({ inbox: options.inbox, group, leaseMs: handlerTimeoutMs + inboxGraceMs, logger });
  const pipeline = createPipeline({
    ...limits,
    opening: { events, codecs: options.codecs ?? [jsonCodec], foreignAmounts: options.foreign?.amounts },
    registry,
    middleware,
    inboxGuard,
    runtime,
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
          retryDelaysMs: delaySteps(policy),
          startFrom: options.startFrom ?? defaults?.startFrom ?? 'earliest',
          maxInFlight: limits.maxInFlight,
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
    subscription.ended.catch((error: unknown) => {
      if (stopped !== undefined) return;
      logger.error(
        { group, err: describeError(error) },
        `group ${group} has stopped consuming: ${describeError(error).text}`,
      );
      rejectEnded(error);
    });
  }

  /** The subscription, if there is one. One that does not come in time is ended as soon as it does. */
  async function subscribed(giveUp: AbortSignal): Promise<AdapterSubscription | undefined> {
    // A start that fails has cleaned up after itself, and told its caller.
    const coming = starting?.catch(() => undefined);
    const { promise: tooLate, resolve } = Promise.withResolvers<'too late'>();
    giveUp.addEventListener('abort', () => resolve('too late'), { once: true });
    const first = await Promise.race([coming, tooLate]);
    if (first !== 'too late') return first;
    coming?.then((late) => late?.stop({ signal: giveUp })).catch(() => {});
    return undefined;
  }

  async function shutDown(drainTimeoutMs: number): Promise<StopReport> {
    stopping.abort(new ClosedError(`The consumer of group ${group} was stopped.`));
    pipeline.drain();
    let unfinished: StopReport['unfinished'] = [];
    const leaveNow = new AbortController();
    let cancel = clock.schedule(drainTimeoutMs, () => {
      unfinished = pipeline.abandon(
        new ClosedError(`The consumer of group ${group} was stopped, and its drain deadline has passed.`),
      );
      cancel = clock.schedule(releaseGraceMs, () => leaveNow.abort());
    });
    try {
      const subscription = await subscribed(leaveNow.signal);
      await subscription?.stop({ signal: leaveNow.signal });
    } finally {
      cancel();
      await leave();
    }
    if (unfinished.length > 0) {
      logger.warn(
        { group, unfinished },
        `group ${group} was stopped with ${unfinished.length} events unfinished; they are delivered again`,
      );
    }
    return { unfinished };
  }

  function stop({ drainTimeoutMs = 30_000 } = {}): Promise<StopReport> {
    if (stopped === undefined) {
      stopped = shutDown(drainTimeoutMs);
      stopped.then(() => resolveEnded(), rejectEnded);
    }
    return stopped;
  }

  const consumer: Consumer<M> = {
    group,
    logger,
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

/** @throws {UnsupportedCapabilityError} when an event could be held longer than the broker allows. */
function checkHold(
  { ordering, handlerTimeoutMs, policy }: ConsumerLimits,
  system: string,
  { maxHoldMs }: Capabilities,
): void {
  if (maxHoldMs === null) return;
  let holdMs = handlerTimeoutMs;
  if (ordering === 'key') {
    for (let attempt = 1; attempt < policy.maxAttempts; attempt += 1)
      holdMs += delayAfter(policy, attempt) + handlerTimeoutMs;
  }
  if (holdMs <= maxHoldMs) return;
  throw new UnsupportedCapabilityError(
    `An event can be held for ${holdMs} ms (handlerTimeoutMs${ordering === 'key' ? ', retries in place' : ''}), and ${system} takes it back after ${maxHoldMs} ms. Lower handlerTimeoutMs or the retry policy.`,
    'maxHoldMs',
  );
}
