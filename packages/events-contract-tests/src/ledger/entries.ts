/** An event that somebody meant to publish. Never removed, whatever becomes of it. */
export interface Intent {
  readonly id: string;
  readonly type: string;
  readonly key?: string;
  /** Headers given by the publisher; others may travel beside them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Its place among all intents: order of the publish calls. */
  readonly place: number;
  readonly at: number;
}

/** What a publish call ended in. */
export type Fate = 'open' | 'accepted' | 'rejected' | 'unknown' | 'failed';

/** One start of the handlers for one event. */
export interface Run {
  readonly group: string;
  /** Which consumer: the name of its process. */
  readonly consumer: string;
  readonly id: string;
  readonly type: string;
  readonly key?: string;
  readonly attempt: number;
  readonly redrives: number;
  /** Places among everything the ledger saw start or end, in all groups. */
  readonly startedAs: number;
  readonly startedAt: number;
  endedAs?: number;
  endedAt?: number;
  /** `cut`: its process died, or the delivery was lost or timed out while it ran. */
  end: 'running' | 'ok' | 'failed' | 'cut';
}
