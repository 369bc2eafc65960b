import type {
  Backlog,
  DeliveryState,
  GroupSpec,
  HealthProblem,
  SendReceipt,
  Settlement,
  SubscriptionSpec,
} from '@payments/events-core';
import type { Letter, Sweep } from './dead-letters.ts';
import { createMember, type Member } from './member.ts';
import type { Handover } from './item.ts';
import { Refusal } from './refusal.ts';
import { deduplicationWindowMs } from './server-options.ts';
import type { ServerState } from './server-state.ts';
import type { WireMessage } from './stored-message.ts';
import type { Wire } from './wire.ts';

/** What a connected adapter can ask of the server. Every method throws `Refusal` for a no. */
export interface Session {
  declareGroup(spec: GroupSpec): void;
  send(message: WireMessage): SendReceipt;
  subscribe(spec: SubscriptionSpec, receive: (handover: Handover) => void): Member;
  /** False when the delivery is no longer this session's to settle: nothing has changed then. */
  settle(handover: Handover, settlement: Settlement): boolean;
  /** Nothing more is handed to the subscription; it stays a member, and owner where it is one. */
  takeNoMore(member: Member): void;
  /** What it still holds goes back to the group, charged as unsettled. */
  leave(member: Member): void;
  /** A heartbeat: everything the session holds stays its own for another lease. */
  renew(): void;
  /** An answer is proof of progress; what it holds are the server's own complaints. */
  ping(): readonly HealthProblem[];
  backlog(group: string): Backlog;
  sweep(group: string): Sweep;
  redrive(group: string, letter: Letter, state: DeliveryState): void;
  discard(group: string, letter: Letter): void;
}

/** A session as the server keeps it. */
export interface OpenSession {
  readonly session: Session;
  /** Members leave, locks are freed, what was out goes back. */
  end(): void;
  /** Ends it when its lease has run out. */
  checkLease(): void;
}

const duplicate: SendReceipt = Object.freeze({ duplicate: true });

export interface SessionOwner {
  readonly wire: Wire;
  /** No heartbeat came for a lease. */
  readonly expire: () => void;
  /** One of its messages was stored. */
  readonly accepted: (message: WireMessage) => void;
}

export function openSession(state: ServerState, { wire, expire, accepted }: SessionOwner): OpenSession {
  const { clock, storage, conditions, deduplication, capacity, leaseMs } = state;
  const members = new Set<Member>();
  const sweeps = new Set<Sweep>();
  const identity = {};
  let alive = true;
  let leaseEndsAt = clock.now() + leaseMs;
  let cancelLease = clock.schedule(leaseMs, checkLease);

  /** One timer per session; heartbeats only move the end, and the timer looks again. */
  function checkLease(): void {
    cancelLease();
    if (!alive || conditions.paused) return;
    const leftMs = leaseEndsAt - clock.now();
    if (leftMs <= 0) expire();
    else cancelLease = clock.schedule(leftMs, checkLease);
  }

  function checkAlive(): void {
    if (!alive) throw new Refusal('session-ended', 'The session has ended.', { retryable: true });
  }

  function checkDeadLetters(): void {
    if (conditions.deadLettersFail) {
      throw new Refusal('dead-letters-unreachable', 'The dead letters are out of reach.', { retryable: true });
    }
  }

  const session: Session = {
    declareGroup(spec) {
      checkAlive();
      storage.declare(spec);
    },
    send(message) {
      checkAlive();
      const now = clock.now();
      const { refusal } = conditions;
      if (refusal !== undefined) {
        throw new Refusal(refusal.reason, `The memory broker refuses messages: ${refusal.reason}.`, refusal);
      }
      if (deduplication.has(message.id, now)) return duplicate;
      if (storage.held >= capacity) {
        throw new Refusal(
          'full',
          `The memory broker is full: it holds ${capacity} messages that are not settled. Consume them, or raise capacity.`,
          { retryable: true },
        );
      }
      if (!deduplication.hasRoom(now)) {
        throw new Refusal(
          'full',
          `The memory broker is full: another id, and it could not tell those of the last ${deduplicationWindowMs} ms from repeated ones. Send more slowly, or advance the virtual clock.`,
          { retryable: true },
        );
      }
      const { position } = storage.store(message);
      deduplication.add(message.id, now);
      state.activity += 1;
      accepted(message);
      return { position, duplicate: false };
    },
    subscribe(spec, receive) {
      checkAlive();
      const group = storage.declare(spec);
      const tell = (handover: Handover) => {
        state.activity += 1;
        if (wire.clear) receive(handover);
        else wire.tell(() => receive(handover));
      };
      const member = createMember({ group, session: identity, maxInFlight: spec.maxInFlight, receive: tell });
      members.add(member);
      group.join(member);
      return member;
    },
    settle(handover, settlement) {
      checkAlive();
      if (conditions.settlementsFail)
        throw new Refusal('settlements-refused', 'The memory broker refuses settlements.', { retryable: true });
      if (settlement.kind === 'deadLetter') checkDeadLetters();
      const { member } = handover;
      state.activity += 1;
      return member.session === identity && member.group.settle(handover, settlement);
    },
    takeNoMore(member) {
      member.accepting = false;
    },
    leave(member) {
      members.delete(member);
      member.group.remove(member);
    },
    renew() {
      checkAlive();
      leaseEndsAt = clock.now() + leaseMs;
    },
    ping() {
      checkAlive();
      return problemsOf(state);
    },
    backlog: (group) => storage.groupNamed(group).backlog(),
    sweep(group) {
      checkAlive();
      checkDeadLetters();
      const sweep = storage.groupNamed(group).letters.sweep(group);
      sweeps.add(sweep);
      return sweep;
    },
    redrive(group, letter, state) {
      checkAlive();
      checkDeadLetters();
      storage.groupNamed(group).redrive(letter, state);
    },
    discard(group, letter) {
      checkAlive();
      checkDeadLetters();
      storage.groupNamed(group).discard(letter);
    },
  };

  return {
    session,
    checkLease,
    end() {
      alive = false;
      cancelLease();
      for (const sweep of sweeps) sweep.close();
      for (const member of members) member.group.remove(member);
      members.clear();
    },
  };
}

function problemsOf({ storage, capacity, conditions }: ServerState): readonly HealthProblem[] {
  const problems: HealthProblem[] = [];
  if (storage.held >= capacity)
    problems.push({ code: 'full', message: `The memory broker holds ${capacity} messages and takes no more.` });
  if (conditions.refusal !== undefined)
    problems.push({ code: 'refusing', message: `The memory broker refuses messages: ${conditions.refusal.reason}.` });
  if (conditions.settlementsFail)
    problems.push({ code: 'settlements-refused', message: 'The memory broker refuses settlements.' });
  if (conditions.deadLettersFail)
    problems.push({ code: 'dead-letters-unreachable', message: 'The dead letters are out of reach.' });
  return problems;
}
