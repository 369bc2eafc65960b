import type { Clock, GroupSpec } from '@payments/events-core';
import type { Channel } from 'amqplib';
import { withChannel } from './connection/channel.ts';
import { topologyError } from './errors.ts';
import type { Live } from './connection/link.ts';
import type { Settings } from './settings.ts';

/** The names of a group's queues. Those beside the first hold a `.`, which no group has: they meet no other group's. */
export interface GroupQueues {
  readonly work: string;
  /** What may have ended a process is handed over from here, one at a time. Ordering `none`. */
  readonly suspects: string;
  /** How often what came back has been started. Ordering `key`. */
  readonly marks: string;
  readonly dead: string;
  /** Exclusive to the connection that sweeps. */
  readonly sweepLock: string;
  retry(stepMs: number): string;
}

export function queuesOf(queuePrefix: string, group: string): GroupQueues {
  const work = `${queuePrefix}${group}`;
  return {
    work,
    suspects: `${work}.crash-suspects`,
    marks: `${work}.crash-marks`,
    dead: `${work}.dead-letters`,
    sweepLock: `${work}.sweep-lock`,
    retry: (stepMs) => `${work}.retry-${stepMs}ms`,
  };
}

/**
 * What groups are bound to. It is fed by the exchange that events are published to: that one is shared with other libraries,
 * and whoever deletes it, and declares it again, would take the bindings of all groups along, one group coming back before
 * another. Events would be routed to some and kept for none.
 */
export function bindingsExchange(exchange: string): string {
  return `${exchange}.group-bindings`;
}

/** Where events lie that no queue was bound for. No group is called so: a group has no `.`. */
export function unroutedQueue(queuePrefix: string): string {
  return `${queuePrefix}.unrouted`;
}

/** Exclusive to the connection that publishes them again. It ends as a group's does: one permission is for all of them. */
export function unroutedLock(queuePrefix: string): string {
  return `${unroutedQueue(queuePrefix)}.sweep-lock`;
}

/** The step for a delay: rounded up to the next, or down to the last. */
export function retryStepMs(stepsMs: readonly number[], delayMs: number): number | undefined {
  return stepsMs.find((stepMs) => stepMs >= delayMs) ?? stepsMs.at(-1);
}

type Arguments = Readonly<Record<string, string | number | boolean>>;

/** More returns than can happen: the default of 20 drops messages. */
const noLimit = 1_000_000_000;
/** The broker's own limit for what a consumer returns; core gives up long before. */
const workLimit = 1_000;
/** Letters lie unacknowledged with their sweep for as long as it takes. */
const sweepTimeoutMs = 24 * 3_600_000;

const kept: Arguments = { 'x-queue-type': 'quorum', 'x-delivery-limit': noLimit };

/** At least once: what the broker itself moves is confirmed by the queue it goes to before it leaves this one. */
function movingTo(queue: string): Arguments {
  return {
    'x-queue-type': 'quorum',
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': queue,
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
  };
}

/** A group's queues with their arguments, in the order in which they are declared: what another one moves to comes first. */
export function queueArguments(
  { queuePrefix, consumerTimeoutMs }: Pick<Settings, 'queuePrefix' | 'consumerTimeoutMs'>,
  { group, ordering, retryDelaysMs }: GroupSpec,
): readonly (readonly [queue: string, args: Arguments])[] {
  const queues = queuesOf(queuePrefix, group);
  const worked: Arguments = {
    ...movingTo(queues.dead),
    'x-delivery-limit': workLimit,
    'x-consumer-timeout': consumerTimeoutMs,
  };
  return [
    [queues.dead, { ...kept, 'x-single-active-consumer': true, 'x-consumer-timeout': sweepTimeoutMs }],
    ordering === 'key' ? [queues.marks, { ...kept, 'x-consumer-timeout': sweepTimeoutMs }] : [queues.suspects, worked],
    ...retryDelaysMs.map(
      (stepMs) =>
        [
          queues.retry(stepMs),
          { ...movingTo(queues.work), 'x-delivery-limit': noLimit, 'x-message-ttl': stepMs },
        ] as const,
    ),
    [queues.work, ordering === 'key' ? { ...worked, 'x-single-active-consumer': true } : worked],
  ];
}

export interface Declaring {
  readonly clock: Clock;
  readonly settings: Settings;
}

export interface DeclaringGroup extends Declaring {
  /** What is to lie in the queues before anything that is published now: called when they are there, and may not be bound. */
  readonly beforeBinding?: (() => Promise<void>) | undefined;
}

/**
 * Declares everything of a group, or checks that it is there: nothing is ever removed or unbound.
 * @throws {ConfigurationError} for what exists with other settings, is missing, or may not be declared.
 * @throws {BrokerUnavailableError} when no answer came.
 */
export async function declareGroup(live: Live, declaring: DeclaringGroup, spec: GroupSpec): Promise<void> {
  const { clock, settings, beforeBinding } = declaring;
  const { exchange } = settings;
  const what = `The topology of group "${spec.group}"`;
  if (settings.topology === 'declare') await declareExchange(live, declaring);
  await translated(what, () =>
    withChannel(live, clock, async (channel) => {
      for (const [queue, args] of queueArguments(settings, spec)) {
        await asked(`Queue "${queue}"`, 'group', () =>
          settings.topology === 'check' ? channel.checkQueue(queue) : channel.assertQueue(queue, { arguments: args }),
        );
      }
    }),
  );
  await beforeBinding?.();
  if (settings.topology === 'check') return;
  // A channel of its own: what comes between may take longer than a channel is waited for.
  await translated(what, () =>
    withChannel(live, clock, async (channel) => {
      const { work } = queuesOf(settings.queuePrefix, spec.group);
      for (const pattern of spec.patterns) {
        await asked(`The binding of queue "${work}"`, 'group', () =>
          channel.bindQueue(work, bindingsExchange(exchange), pattern),
        );
      }
    }),
  );
}

/**
 * Declares the exchange, that of the groups' bindings and, where events are parked, the queue for what nobody is bound for;
 * or checks them.
 */
export async function declareExchange(live: Live, { clock, settings }: Declaring): Promise<void> {
  const { exchange, queuePrefix, unroutable, topology } = settings;
  const bindings = bindingsExchange(exchange);
  const unrouted = unroutedQueue(queuePrefix);
  await translated('The exchange', () =>
    withChannel(live, clock, async (channel: Channel) => {
      if (topology === 'check') {
        await asked(`Exchange "${exchange}"`, 'exchange', () => channel.checkExchange(exchange));
        await asked(`Exchange "${bindings}"`, 'exchange', () => channel.checkExchange(bindings));
        if (unroutable === 'park')
          await asked(`Queue "${unrouted}"`, 'queuePrefix', () => channel.checkQueue(unrouted));
        return;
      }
      // First where events are kept, last where they come in: until all is bound, what comes in is parked.
      if (unroutable === 'park')
        await asked(`Queue "${unrouted}"`, 'queuePrefix', () => channel.assertQueue(unrouted, { arguments: kept }));
      // Without arguments: an alternate exchange would be refused where another library has made this one.
      await asked(`Exchange "${exchange}"`, 'exchange', () =>
        channel.assertExchange(exchange, 'topic', { durable: true }),
      );
      await asked(`Exchange "${bindings}"`, 'exchange', () =>
        channel.assertExchange(bindings, 'topic', { durable: true, internal: true }),
      );
      await asked(`The binding of exchange "${bindings}"`, 'exchange', () =>
        channel.bindExchange(bindings, exchange, '#'),
      );
    }),
  );
}

async function asked(what: string, path: string, ask: () => Promise<unknown>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    throw topologyError(error, { what, path });
  }
}

/** Opening a channel and waiting for it can fail too. */
async function translated(what: string, declare: () => Promise<void>): Promise<void> {
  try {
    await declare();
  } catch (error) {
    throw topologyError(error, { what, path: 'group' });
  }
}
