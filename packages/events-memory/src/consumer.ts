import {
  ClosedError,
  type AdapterSubscription,
  type Deliver,
  type Settlement,
  type SubscriptionSpec,
} from '@payments/events-core';
import type { Connection } from './connection.ts';
import type { Live } from './dial.ts';
import { toEventsError } from './errors.ts';
import { toDelivery } from './mapping.ts';
import type { Handover } from './server/item.ts';
import type { Member } from './server/member.ts';
import { WireClosed } from './server/wire.ts';
import type { Settler } from './settlement.ts';

/** A subscription on one connection. Ends with it, and with it the right to settle what came over it. */
interface Epoch {
  readonly live: Live;
  readonly lost: AbortController;
  /** Undefined when the connection ended before the server had answered. */
  readonly member: Promise<Member | undefined>;
}

export interface Subscription extends AdapterSubscription {
  /** Resolves when anything sent from now on will be delivered. */
  readonly ready: Promise<void>;
}

export interface SubscriptionOptions {
  readonly connection: Connection;
  readonly spec: SubscriptionSpec;
  readonly deliver: Deliver;
  readonly settler: Settler;
}

/** One group's deliveries, over as many connections as it takes. */
export function createSubscription({ connection, spec, deliver, settler }: SubscriptionOptions): Subscription {
  const { logger } = connection.runtime;
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const abandoned = new AbortController();
  let epoch: Epoch | undefined;
  let open = 0;
  let stopping: Promise<void> | undefined;
  let drained = () => {};

  const stopListening = connection.eachLive({ found, lost: endEpoch });

  function found(live: Live): void {
    if (stopping !== undefined) return;
    const { promise: member, resolve: joined } = Promise.withResolvers<Member | undefined>();
    const begun: Epoch = { live, lost: new AbortController(), member };
    epoch = begun;
    connection
      .answered(live, () => live.session.subscribe(spec, (handover) => take(begun, handover)))
      .then(
        (answer) => {
          joined(answer);
          ready.resolve();
        },
        (error: unknown) => {
          joined(undefined);
          failed(error);
        },
      );
  }

  function failed(error: unknown): void {
    // The next connection tries again.
    if (error instanceof WireClosed) return;
    stopListening();
    ready.reject(toEventsError(error));
    ended.reject(toEventsError(error));
  }

  function endEpoch(): void {
    const over = epoch;
    epoch = undefined;
    over?.lost.abort(
      new Error('The right to settle this delivery is lost: the connection to the memory broker ended.'),
    );
  }

  function take(from: Epoch, handover: Handover): void {
    if (stopping !== undefined) return void apply(from, handover, { kind: 'release' });
    open += 1;
    delivered(handover, from.lost.signal).then(
      (settlement) => {
        if (settlement.kind === 'release') takeNoMore(from, handover);
        settle(from, handover, settlement);
      },
      (error: unknown) => {
        logger.error(
          { group: spec.group, err: error },
          'deliver rejected, which it must not: the message goes back to its group',
        );
        settle(from, handover, { kind: 'release' });
      },
    );
  }

  /** Core gives back only while it stops. Until it has said so here, the same would come again, and again. */
  function takeNoMore({ live }: Epoch, { member }: Handover): void {
    void connection.ask((session) => session.takeNoMore(member), live).catch(() => {});
  }

  /** One that throws is one that rejects. An async function would say the same, and cost another promise per event. */
  function delivered(handover: Handover, signal: AbortSignal): Promise<Settlement> {
    try {
      return deliver(toDelivery(handover, signal));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  function settle(from: Epoch, handover: Handover, settlement: Settlement): void {
    const applying = apply(from, handover, settlement);
    if (applying === undefined) close();
    else void applying.then(close);
  }

  /** Undefined when there is nothing to wait for. */
  function apply(from: Epoch, handover: Handover, settlement: Settlement): Promise<void> | undefined {
    if (from !== epoch || connection.dead || settler.settleNow(from.live, handover, settlement)) return undefined;
    return settler.settleUntilConfirmed({ live: from.live, handover, settlement, signal: from.lost.signal });
  }

  function close(): void {
    open -= 1;
    if (open === 0) drained();
  }

  /** Says something about this membership, and waits until the server has heard it or the connection is gone. */
  async function tell(say: (member: Member, live: Live) => void): Promise<void> {
    if (epoch === undefined) return;
    const { live } = epoch;
    const member = await epoch.member;
    if (member !== undefined) await connection.ask(() => say(member, live), live).catch(() => {});
  }

  async function leave(): Promise<void> {
    const { promise: empty, resolve } = Promise.withResolvers<void>();
    const { promise: given, resolve: giveUp } = Promise.withResolvers<void>();
    drained = resolve;
    if (abandoned.signal.aborted) giveUp();
    abandoned.signal.addEventListener('abort', () => giveUp(), { once: true });
    const heard = tell((member, { session }) => session.takeNoMore(member));
    if (open === 0) resolve();
    await Promise.race([Promise.all([empty, heard]), given]);
    // Abandoned: whatever is still open is not ours to settle from here on.
    const left = tell((member, { session }) => session.leave(member));
    await Promise.race([left, given]);
    stopListening();
    endEpoch();
    ready.reject(new ClosedError(`The subscription of group ${spec.group} was stopped.`));
    ended.resolve();
  }

  ready.promise.catch(() => {});
  ended.promise.catch(() => {});
  return {
    ready: ready.promise,
    ended: ended.promise,
    async stop({ signal }) {
      if (connection.dead) return;
      const abandon = () => abandoned.abort();
      if (signal.aborted) abandon();
      else signal.addEventListener('abort', abandon, { once: true });
      stopping ??= leave();
      await stopping;
      signal.removeEventListener('abort', abandon);
    },
  };
}
