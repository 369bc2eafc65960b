/** An event, in as few words as tell it from every other. */
export interface EventName {
  readonly id: string;
  readonly key: string;
  /** Its place among the events of its key, from 1. Also its amount, so that a changed body shows. */
  readonly number: number;
}

/** What a publisher wrote down. `intended` stands in the file before the event is published, `acknowledged` after that resolved. */
type PublisherEntry =
  | (EventName & { readonly kind: 'intended' })
  | { readonly kind: 'acknowledged'; readonly id: string }
  | { readonly kind: 'refused'; readonly id: string; readonly code: string };

/** What a consumer wrote down, in the handler: before its work, and after it, which is before the event is acknowledged. */
export type ConsumerEntry = EventName & {
  readonly kind: 'began' | 'handled';
  readonly group: string;
  readonly attempt: number;
  /** Microseconds on the machine's monotonic clock, which all its processes share. */
  readonly at: number;
};

export type Entry = PublisherEntry | ConsumerEntry;
