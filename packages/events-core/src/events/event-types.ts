import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Event } from './event.ts';
import type { EventDefinition } from './event-definition.ts';
import type { PaymentEvents } from './payment-events.ts';

export type { PaymentEvents } from './payment-events.ts';

/** The event types of a catalogue. */
export type TypeOf<M> = keyof M & string;

/** What `publish` accepts for a catalogue entry. */
export type DataIn<D> =
  D extends EventDefinition<infer In, infer _Out>
    ? In
    : D extends { readonly schema: infer Schema extends StandardSchemaV1 }
      ? StandardSchemaV1.InferInput<Schema>
      : never;

/** What handlers receive for a catalogue entry. */
export type DataOut<D> =
  D extends EventDefinition<infer _In, infer Out>
    ? Out
    : D extends { readonly schema: infer Schema extends StandardSchemaV1 }
      ? StandardSchemaV1.InferOutput<Schema>
      : never;

/** A union of one `Event` per type, discriminated by `type`. */
export type EventOf<M, T extends TypeOf<M>> = { [K in T]: Event<K, DataOut<M[K]>> }[T];

/**
 * The payment events that a pattern selects, for handlers written apart from `consumer.on`:
 * `PaymentEvent<'payment.invoice.*'>` is a union of four, `PaymentEvent` of all nineteen. `never` where nothing matches.
 */
export type PaymentEvent<P extends string = '#'> = EventOf<PaymentEvents, Matching<PaymentEvents, P>>;

/** The event types a pattern selects. Exact names and `#` skip the matcher; a `string` not known at compile time selects all. */
export type Matching<M, P extends string> =
  P extends TypeOf<M>
    ? P
    : string extends P
      ? TypeOf<M>
      : P extends '#'
        ? TypeOf<M>
        : Filter<Words<P>, Extract<TypeOf<M>, Sieve<P>>>;

/** `P`, or a sentence: the compiler's error then reads "… is not assignable to 'no event type matches …'". */
export type CheckPattern<M, P extends string> = [Matching<M, P>] extends [never] ? `no event type matches '${P}'` : P;

/** What an editor suggests. Any other pattern is allowed, and checked by `CheckPattern`. */
export type PatternHint<M> = TypeOf<M> | PatternsAround<TypeOf<M>> | '#';

type Words<S extends string> = S extends `${infer Head}.${infer Rest}` ? [Head, ...Words<Rest>] : [S];

/** AMQP topic words: `*` is one word, `#` zero or more. */
type Matches<P extends readonly string[], T extends readonly string[]> = P extends readonly [
  infer PatternHead extends string,
  ...infer PatternRest extends readonly string[],
]
  ? PatternHead extends '#'
    ? PatternRest extends readonly []
      ? true
      : Matches<PatternRest, T> extends true
        ? true
        : T extends readonly [string, ...infer TypeRest extends readonly string[]]
          ? Matches<P, TypeRest>
          : false
    : T extends readonly [infer TypeHead extends string, ...infer TypeRest extends readonly string[]]
      ? PatternHead extends '*' | TypeHead
        ? Matches<PatternRest, TypeRest>
        : false
      : false
  : T extends readonly []
    ? true
    : false;

type Filter<P extends readonly string[], T extends string> = T extends T
  ? Matches<P, Words<T>> extends true
    ? T
    : never
  : never;

/**
 * A template that contains every type the pattern can match. `Extract` with it costs next to nothing and leaves few types
 * for the exact matcher: 80 subscriptions on 520 types need seven times fewer instantiations than without.
 */
type Sieve<P extends string> = P extends '#'
  ? string
  : P extends `#.${infer Rest}`
    ? `${string}${Sieve<Rest>}`
    : P extends `${infer Head}.#.${infer Rest}`
      ? `${Sieve<Head>}${string}${Sieve<Rest>}`
      : P extends `${infer Head}.#`
        ? `${Sieve<Head>}${string}`
        : P extends `${infer Head}*${infer Rest}`
          ? `${Head}${string}${Sieve<Rest>}`
          : P;

type PatternsAround<T extends string> = T extends `${infer First}.${infer Second}.${string}`
  ? `${First}.*.${LastWord<T>}` | `${First}.${Second}.*` | `${First}.#`
  : never;

type LastWord<T extends string> = T extends `${string}.${infer Rest}` ? LastWord<Rest> : T;
