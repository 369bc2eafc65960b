import { connectionOf, type Borrower } from '../connection/connection.ts';
import { jsonCodec } from '../codec/json-codec.ts';
import { notesAfterRedrive, readNotes } from '../consume/delivery-notes.ts';
import type { Opening } from '../consume/open-delivery.ts';
import type { DeadLetter, SweepResult, SweepVerdict } from '../contract/dead-letters.ts';
import { ClosedError } from '../errors/closed-error.ts';
import { DeadLetterStoreBusyError } from '../errors/dead-letter-store-busy-error.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import type { EventDefinitions } from '../events/event-definition.ts';
import type { PaymentEvents } from '../events/event-types.ts';
import { checkGroup } from '../events/names.ts';
import { paymentEvents } from '../events/payment-events.ts';
import { entryOf, type DeadLetterEntry } from './dead-letter-entry.ts';
import type {
  DeadLetters,
  DeadLettersOf,
  DeadLettersOptions,
  DiscardOptions,
  ListOptions,
  RedriveOptions,
  RedriveProgress,
  RedriveResult,
} from './dead-letters-options.ts';
import { createPace } from './pace.ts';
import { pulled } from './pulled.ts';
import { unlessAborted } from '../ports/unless-aborted.ts';
import { withinGrace } from '../ports/within-grace.ts';

const keep: SweepVerdict = { action: 'keep' };
const stop: SweepVerdict = { action: 'stop' };

/** What an adapter has to end a sweep in after it was told to. */
const sweepGraceMs = 1_000;

interface Swept extends SweepResult {
  /** It ended before the last letter, and neither a verdict nor the signal had asked for that. */
  readonly part: boolean;
  readonly signal: AbortSignal;
}

type Judge = (letter: DeadLetter, signal: AbortSignal) => Promise<SweepVerdict>;

/**
 * The dead letters of a group, for operators: list, redrive, discard. Close it, or its broker, when done.
 * @throws {ConfigurationError} for a group outside the grammar.
 */
export function deadLetters<M = PaymentEvents>(options: DeadLettersOptions<M>): DeadLettersOf<M>;
export function deadLetters(options: DeadLettersOptions<unknown>): DeadLetters {
  const connection = connectionOf(options.broker);
  const group = options.group ?? connection.defaultGroup;
  checkGroup(group, 'deadLetters.group');
  const opening: Opening = {
    events: (options.events ?? paymentEvents) as EventDefinitions,
    codecs: options.codecs ?? [jsonCodec],
    foreignAmounts: options.foreign?.amounts,
  };
  const running = new Set<Promise<unknown>>();
  const closed = new AbortController();
  let closing: Promise<void> | undefined;
  const borrower: Borrower = { kind: 'operator', close: () => close() };
  connection.borrow(borrower);

  /** One sweep. Ends with what `judge` says, when the caller aborts, or when this is closed. */
  async function sweep(judge: Judge, given: AbortSignal | undefined): Promise<Swept> {
    closed.signal.throwIfAborted();
    const signal = given === undefined ? closed.signal : AbortSignal.any([closed.signal, given]);
    let stopped = false;
    const visit = async (letter: DeadLetter): Promise<SweepVerdict> => {
      const verdict = signal.aborted ? stop : await judge(letter, signal);
      stopped ||= verdict.action === 'stop';
      return verdict;
    };
    const sweeping = connection
      .ready(signal)
      .then(() => connection.adapter.deadLetters(group).sweep(visit, { signal }));
    const ended = withinGrace(sweeping, { signal, clock: connection.runtime.clock, graceMs: sweepGraceMs });
    running.add(ended);
    try {
      const result = await ended;
      // An adapter that does not listen: nothing was judged since the signal aborted.
      if (result === 'late') return { visited: 0, complete: false, part: false, signal };
      return { ...result, part: !result.complete && !stopped && !signal.aborted, signal };
    } finally {
      running.delete(ended);
    }
  }

  function list({ filter = all, limit, signal }: ListOptions = {}): AsyncGenerator<DeadLetterEntry, void> {
    checkLimit(limit);
    return listed(filter, limit ?? Infinity, signal);
  }

  async function* listed(filter: NonNullable<ListOptions['filter']>, limit: number, given: AbortSignal | undefined) {
    let left = limit;
    const entries = pulled<DeadLetterEntry>(async (offer) => {
      const swept = await sweep(async (letter, signal) => {
        const entry = await unlessAborted(entryOf(letter, opening), signal);
        if (entry === undefined) return stop;
        if (!(await unlessAborted(filter(entry), signal))) return keep;
        return (await unlessAborted(offer(entry), signal)) ? keep : stop;
      }, given);
      swept.signal.throwIfAborted();
      if (swept.part) throw onlyAPart(swept);
    });
    for await (const entry of entries) {
      yield entry;
      left -= 1;
      if (left <= 0) return;
    }
  }

  async function redrive(options: RedriveOptions = {}): Promise<RedriveResult> {
    const { filter = all, limit, dryRun = false, perSecond, onProgress } = options;
    checkLimit(limit);
    if (perSecond !== undefined && !(perSecond > 0)) {
      throw new ConfigurationError('redrive.perSecond must be a number above 0.', 'redrive.perSecond');
    }
    let count: RedriveProgress = { visited: 0, redriven: 0 };
    const pace = createPace(connection.runtime.clock, dryRun ? undefined : perSecond);
    const { complete } = await sweep(async (letter, signal) => {
      if (count.redriven >= (limit ?? Infinity)) return stop;
      const entry = await unlessAborted(entryOf(letter, opening), signal);
      if (entry === undefined) return stop;
      const wanted = await unlessAborted(filter(entry), signal);
      if (wanted) await pace(signal);
      if (signal.aborted) return stop;
      const next = { visited: count.visited + 1, redriven: count.redriven + (wanted ? 1 : 0) };
      const told = onProgress?.({ ...next });
      if (told instanceof Object) {
        await unlessAborted(told, signal);
        if (signal.aborted) return stop;
      }
      // From here to the verdict nothing waits: what is counted is what the broker is told.
      count = next;
      return wanted && !dryRun ? { action: 'redrive', state: notesAfterRedrive(readNotes(letter.state)) } : keep;
    }, options.signal);
    return { ...count, complete };
  }

  async function discard({ ids, signal: given }: DiscardOptions) {
    const missing = new Set(ids);
    if (missing.size === 0) return { discarded: 0, missing: [] };
    const swept = await sweep((letter) => {
      if (missing.size === 0) return Promise.resolve(stop);
      return Promise.resolve(missing.delete(letter.id) ? { action: 'discard' } : keep);
    }, given);
    // Cut short, nobody knows which ids are missing.
    if (!swept.complete && missing.size > 0) swept.signal.throwIfAborted();
    if (swept.part && missing.size > 0) throw onlyAPart(swept);
    return { discarded: new Set(ids).size - missing.size, missing: [...missing] };
  }

  /** A part is never shown as the whole. */
  function onlyAPart({ visited }: Swept): DeadLetterStoreBusyError {
    return new DeadLetterStoreBusyError(
      `Group ${group} has more dead letters than ${connection.adapter.system} shows at once: these were the first ${visited}. Redrive or discard some of them, then look again.`,
    );
  }

  async function shutDown(): Promise<void> {
    closed.abort(new ClosedError(`deadLetters() of group ${group} was closed.`));
    await Promise.allSettled(running);
    await connection.giveBack(borrower);
  }

  const close = (): Promise<void> => (closing ??= shutDown());

  return { group, list, redrive, discard, close, [Symbol.asyncDispose]: close };
}

const all = () => true;

function checkLimit(limit: number | undefined): void {
  if (limit === undefined || (Number.isInteger(limit) && limit >= 1)) return;
  throw new ConfigurationError('limit must be a whole number of at least 1.', 'limit');
}
