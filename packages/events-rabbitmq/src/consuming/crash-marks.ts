import type { Clock } from '@payments/events-core';
import type { Channel, ConsumeMessage, GetMessage } from 'amqplib';
import { createHash } from 'node:crypto';
import { openChannel, type OpenChannel } from '../connection/channel.ts';
import type { Epoch } from './epoch.ts';
import { toIncoming } from '../mapping.ts';
import type { Settler } from '../settlement.ts';

/**
 * Durable marks of an ordered group's owner, in a queue of their own. The broker charges a whole returned batch for one
 * crash; a mark says who was out: it is written before the start of a returned message, and lies there unread while that
 * runs, so that it outlives the process.
 */
export interface CrashMarks {
  /** Reads what earlier owners have left. Once, before anything is handed over. */
  load(): Promise<void>;
  /** The last owner left with everything settled or given back: what it returned was not out when it went. */
  readonly clean: boolean;
  /** Deliveries of this message without a settlement, if a mark tells. */
  unsettledOf(name: string): number | undefined;
  /** Resolves when it is certain that this start is counted if nobody settles it. False when the right to start it is gone. */
  begin(name: string, unsettled: number): Promise<boolean>;
  /** The message that began last is settled. */
  settled(): Promise<void>;
  /** The message that began last is given back, and has its old count. */
  released(): Promise<void>;
  /** Everything that was returned is settled: its marks are not needed any longer. */
  forget(): void;
  /** Tells the next owner that nothing was out. Bounded in time; without it the next owner is merely more careful. */
  leaveClean(): Promise<void>;
  /** What was read and still stands goes back. */
  close(): Promise<void>;
}

/** Content of a mark: what `unsettled` will be if this start is not settled; or that all was in order. */
export type Mark = { readonly name: string; readonly unsettled: number } | { readonly clean: true };

export interface CrashMarksOptions {
  readonly epoch: Epoch;
  readonly queue: string;
  readonly settler: Settler;
  readonly clock: Clock;
}

interface Kept {
  readonly mark: Mark | undefined;
  readonly message: GetMessage;
}

const leaveCleanMs = 1_000;

export async function openCrashMarks({ epoch, queue, settler, clock }: CrashMarksOptions): Promise<CrashMarks> {
  const opened: OpenChannel<Channel> = await openChannel(epoch.live, clock);
  const { channel } = opened;
  const close = () => opened.close().catch(() => {});
  // What was read belongs to the next owner, which may be this process on its next channel.
  epoch.signal.addEventListener('abort', close, { once: true });
  if (epoch.signal.aborted) await close();
  let kept: readonly Kept[] = [];
  let clean = false;
  let current: { readonly name: string; readonly unsettled: number } | undefined;

  /** To the end of the queue: what is read lies with this channel, and goes back with it. */
  async function readAll(): Promise<void> {
    for (;;) {
      const message = await epoch.ask(channel.get(queue));
      if (message === false) return;
      kept = [...kept, { message, mark: parseMark(message) }];
    }
  }

  function drop(which: (mark: Mark | undefined) => boolean): void {
    for (const { mark, message } of kept) if (which(mark)) channel.ack(message);
    kept = kept.filter(({ mark }) => !which(mark));
  }

  function write(mark: Mark, signal: AbortSignal = epoch.signal): Promise<boolean> {
    const copy = { content: Buffer.from(JSON.stringify(mark)), properties: { persistent: true, mandatory: true } };
    return settler.store({ queue, copy, signal });
  }

  async function end(released: boolean): Promise<void> {
    if (current === undefined) return;
    const { name, unsettled } = current;
    current = undefined;
    if (released && !(await write({ name, unsettled }))) return;
    await readAll();
    drop((mark) => isOf(mark, name) && !(released && mark.unsettled === unsettled));
  }

  return {
    get clean() {
      return clean;
    },
    async load() {
      await readAll();
      clean = kept.some(({ mark }) => mark !== undefined && 'clean' in mark);
      drop((mark) => mark === undefined || 'clean' in mark);
      // The answer comes from behind the acknowledgement: nobody will take this owner's crash for a clean end.
      if (clean) await readAll();
    },
    unsettledOf(name) {
      const counts = kept.flatMap(({ mark }) => (isOf(mark, name) ? [mark.unsettled] : []));
      return counts.length === 0 ? undefined : Math.max(...counts);
    },
    async begin(name, unsettled) {
      if (!(await write({ name, unsettled: unsettled + 1 }))) return false;
      current = { name, unsettled };
      drop((mark) => isOf(mark, name));
      return true;
    },
    settled: () => end(false),
    released: () => end(true),
    forget() {
      if (kept.length > 0) drop(() => true);
    },
    async leaveClean() {
      const tooLate = new AbortController();
      const cancel = clock.schedule(leaveCleanMs, () => tooLate.abort());
      await write({ clean: true }, AbortSignal.any([epoch.signal, tooLate.signal]));
      cancel();
    },
    close,
  };
}

function isOf(mark: Mark | undefined, name: string): mark is Extract<Mark, { name: string }> {
  return mark !== undefined && 'name' in mark && mark.name === name;
}

/** Undefined for what is none: it did not come from here, and is dropped. */
export function parseMark({ content, fields }: Pick<GetMessage, 'content' | 'fields'>): Mark | undefined {
  if (fields.exchange !== '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(content.toString());
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if ('clean' in value) return value.clean === true ? { clean: true } : undefined;
  if (!('name' in value && 'unsettled' in value)) return undefined;
  const { name, unsettled } = value;
  if (typeof name !== 'string' || !Number.isSafeInteger(unsettled)) return undefined;
  return { name, unsettled: unsettled as number };
}

/** The same at each delivery of a message: its id, else a digest of what it is. */
export function nameOf(message: ConsumeMessage): string {
  const { id, type, body } = toIncoming(message);
  if (id !== undefined) return `id:${id}`;
  return `digest:${createHash('sha256')
    .update(`${type ?? ''}\0`)
    .update(body)
    .digest('hex')}`;
}
