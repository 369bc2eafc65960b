import type { CopyRecord } from '../messages/copy-note.ts';
import type { NativeRecord } from '../mapping.ts';
import type { Lanes } from './lanes.ts';
import type { Failure } from './posting.ts';
import { bytesOf } from './size.ts';

/** Why a copy was not stored. `unroutable`: there is no such topic. `lost`: nobody knows whether it is stored. */
export type CopyFailure = 'unroutable' | 'full' | 'forbidden' | 'too-large' | 'lost' | 'other';

export class CopyError extends Error {
  override readonly name = 'CopyError';
  readonly reason: CopyFailure;

  constructor(message: string, reason: CopyFailure, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** Where in the topic a copy goes, and how long it is waited for. */
export interface Storing {
  /** @default by `by` */
  readonly partition?: number;
  /** What is spread by the same goes to the same partition. @default the record's `position` */
  readonly by?: Buffer | string;
  readonly signal: AbortSignal;
}

/** Confirmed records in topics of ours, which it never creates. */
export interface Copies {
  /**
   * Resolves when Kafka has stored the record. Waits for a connection. One try.
   * @throws {CopyError}; signal.reason at abort, whether sent or not.
   */
  store(topic: string, record: NativeRecord | CopyRecord, storing: Storing): Promise<void>;
}

/** They share the lanes of events: each goes to partitions of its own. */
export function createCopies(lanes: Pick<Lanes, 'post'>): Copies {
  return {
    store(topic, record, { partition, by, signal }) {
      if (signal.aborted) return Promise.reject(signal.reason);
      return new Promise((resolve, reject) => {
        lanes.post({
          topic,
          creates: false,
          partition,
          by: by ?? ('position' in record ? record.position : (record.key ?? '')),
          record,
          bytes: bytesOf(record),
          signal,
          stored: () => resolve(),
          failed: (failure) => reject(signal.aborted ? signal.reason : errorOf(topic, failure)),
          stage: 'waiting',
          list: undefined,
          previous: undefined,
          next: undefined,
        });
      });
    },
  };
}

function errorOf(topic: string, { outcome, reason, said, cause }: Failure): CopyError {
  return new CopyError(`A copy for "${topic}" ${said}`, reasonOf(outcome, reason), { cause });
}

function reasonOf(outcome: Failure['outcome'], reason: Failure['reason']): CopyFailure {
  if (outcome === 'unknown' || reason === 'disconnected' || reason === 'timeout') return 'lost';
  return reason;
}
