import type { Logger } from '@payments/events-core';
import type { Connection } from '../connection.ts';
import type { Settler } from '../settlement.ts';
import type { GroupQueues } from '../topology.ts';
import type { Epoch, Held } from './epoch.ts';

/** How messages come from the group's queues to core, on one channel. */
export interface Intake {
  /** Resolves when the broker knows the consumer. */
  start(): Promise<void>;
  /** Whether the broker has been asked to deliver, and has not taken it back. */
  readonly consuming: boolean;
  /** One that was out is settled, or will not be. */
  finished(held: Held): void;
  /** Core gives one back. */
  release(held: Held): Promise<void>;
  /** Hands over nothing more, and gives back what was not handed over. Idempotent. */
  quiet(): Promise<void>;
  /** Nothing is out any more, and the channel is about to be closed. */
  leave(): Promise<void>;
}

export interface IntakeOptions {
  readonly connection: Pick<Connection, 'runtime'>;
  readonly epoch: Epoch;
  readonly queues: GroupQueues;
  readonly settler: Settler;
  readonly maxInFlight: number;
  /** The broker has cancelled the consumer of this queue: as a rule somebody has deleted it. */
  readonly cancelled: (queue: string) => void;
}

/** For what went wrong on a channel that is still open: it is ended, and the subscription begins anew on another. */
export function endFailed(epoch: Epoch, logger: Logger, { queue, error }: { queue: string; error: unknown }): void {
  if (epoch.signal.aborted) return;
  logger.warn({ queue, err: error }, 'a channel of a consumer failed, and begins anew');
  void epoch.end(new Error('The right to settle this delivery is lost: its channel failed.', { cause: error }));
}

/** Within which the broker has applied what was acknowledged, milliseconds: what it has not, it drops with the channel. */
export const appliedMs = 100;
