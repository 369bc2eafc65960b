/** String headers beside the body. Names are lower-case tokens; values are any well-formed Unicode without control characters. */
export type Headers = Readonly<Record<string, string>>;

/** An event as bytes, on its way to the broker. */
export interface OutgoingMessage {
  /** Unique. A repeated `send` of the same message keeps it. Carried natively where the broker deduplicates. */
  readonly id: string;
  /** Dotted lower-case words, also the routing key or subject. Topics are derived from it by the adapter. */
  readonly type: string;
  /** Same topic and key = keep in order. Absent: no order; the adapter spreads by `id`. */
  readonly key?: string;
  readonly headers: Headers;
  /** The adapter must not change it, nor keep it after `send` settles. */
  readonly body: Uint8Array;
}

/** A message as received. Foreign producers may have sent no id, type or key. Copies to retry or dead letters are made from the native message, not from this. */
export interface IncomingMessage {
  readonly id?: string;
  readonly type?: string;
  readonly key?: string;
  /** Of foreign headers: names in lower case, the last of several, and none that is no text. */
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export interface SendReceipt {
  /** The broker's own coordinate, for people. */
  readonly position?: string;
  /** The broker already had this id. */
  readonly duplicate: boolean;
}
