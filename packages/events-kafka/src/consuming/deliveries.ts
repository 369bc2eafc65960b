import { wait, type AdapterRuntime, type Deliver, type DeliveryState, type Settlement } from '@payments/events-core';
import type { KafkaMessage } from 'kafkajs';
import { positionOf, toIncoming } from '../mapping.ts';
import { originalOf } from '../messages/copy-note.ts';
import { destinationOf, type DestinationFacts, type Settler } from '../settlement.ts';
import type { Intake } from './intake.ts';
import type { Handed } from './partition-log.ts';

const noState: DeliveryState = {};

/** What is out of one epoch. */
export interface Deliveries {
  /** Handed over, and neither settled nor given back. */
  readonly open: number;
  /** Core decides the fate of the next message of a partition. */
  handOver(intake: Intake): void;
  /** Resolves when nothing is out. */
  idle(): Promise<void>;
}

export interface DeliveriesOptions {
  readonly runtime: Pick<AdapterRuntime, 'clock'>;
  readonly deliver: Deliver;
  readonly settler: Settler;
  readonly facts: Omit<DestinationFacts, 'position'>;
  /** Aborts when the right to settle is gone. */
  readonly lost: AbortSignal;
  /** Aborts when everything is wanted back. */
  readonly recalled: AbortSignal;
  /** Whether the right to settle still stands; to be asked before it is used. */
  readonly mine: () => boolean;
  /** One more is out, or one less, whatever became of it. */
  readonly count: (change: 1 | -1) => void;
  /** One is settled, or will not be: its place is free. */
  readonly finished: (intake: Intake) => void;
  /** It is settled: say so. */
  readonly settled: (intake: Intake, handed: Handed, how: Settlement['kind']) => void;
  /** Core has given one back. */
  readonly released: () => void;
  /** What must not happen. */
  readonly failed: (error: unknown) => void;
}

/** One that is out. */
interface Out {
  readonly intake: Intake;
  readonly handed: Handed;
  /** As it was when it was first read: not the copy. */
  readonly original: KafkaMessage;
  readonly position: string;
  /** It counts no longer, though its copy is still being tried. */
  parked: boolean;
}

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { runtime, deliver, settler, facts, lost, recalled, mine, count, finished, settled, released, failed } =
    options;
  let open = 0;
  let idlers: (() => void)[] = [];

  function handOver(intake: Intake): void {
    const { handed, note } = intake.handOver();
    const { message, offset, unsettled } = handed;
    const { topic, partition } = intake.log;
    const original = note === undefined ? message : originalOf(message, note);
    const position = note?.position ?? positionOf(topic, partition, offset);
    const out: Out = { intake, handed, original, position, parked: false };
    open += 1;
    count(1);
    let deciding: Promise<Settlement>;
    try {
      deciding = deliver({
        message: toIncoming(original),
        state: note?.state ?? noState,
        unsettled,
        position,
        signal: lost,
        recalled,
        raw: original,
      });
    } catch (error) {
      deciding = Promise.reject(error);
    }
    deciding
      .then((settlement) => apply(out, settlement))
      .catch(failed)
      .finally(() => finish(out));
  }

  function apply(out: Out, settlement: Settlement): Promise<void> | undefined {
    if (!mine()) return undefined;
    if (settlement.kind === 'ack') return void done(out, 'ack');
    if (settlement.kind !== 'release') return move(out, settlement);
    out.intake.log.release(out.handed);
    return void released();
  }

  /** To a retry topic, or to the dead letters. */
  async function move(out: Out, settlement: Extract<Settlement, { kind: 'retry' | 'deadLetter' }>): Promise<void> {
    const { position, original } = out;
    const destination = destinationOf(settlement, { ...facts, position });
    // There is no step to wait in. Whoever wants it back does not want to wait for that.
    if (destination.waitMs !== undefined)
      await wait(runtime.clock, destination.waitMs, AbortSignal.any([lost, recalled]));
    const { kind } = settlement;
    const stuck = () => park(out);
    const stored = await settler.storeCopy({
      ...destination,
      message: original,
      settlement: kind,
      signal: lost,
      stuck,
    });
    if (!stored || !mine()) return;
    done(out, kind);
    if (settlement.kind === 'deadLetter') settlement.onStored?.();
  }

  function done({ intake, handed }: Out, how: Settlement['kind']): void {
    // A log that has begun anew knows nothing of it.
    if (handed.state === 'over') return;
    intake.log.settle(handed);
    settled(intake, handed, how);
  }

  /** What can never be copied stays unsettled. A suspect would wait for it for ever, and so would a stop. */
  function park(out: Out): void {
    if (out.parked || lost.aborted) return;
    out.intake.log.park(out.handed);
    finish(out);
    out.parked = true;
  }

  function finish({ intake, parked }: Out): void {
    if (parked) return;
    open -= 1;
    if (open === 0) {
      const waiting = idlers;
      idlers = [];
      for (const resolve of waiting) resolve();
    }
    finished(intake);
    count(-1);
  }

  return {
    get open() {
      return open;
    },
    handOver,
    idle: () => (open === 0 ? Promise.resolve() : new Promise((resolve) => void idlers.push(resolve))),
  };
}
