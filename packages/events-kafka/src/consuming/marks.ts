import { decodeBitmap, encodeBitmap } from './bitmap.ts';

/**
 * What a partition's commit says beside its offset: which later ones are settled, which may be out, and how often each was
 * out when somebody crashed. The broker keeps it with the offset, in at most 4,096 bytes by default
 * (`offset.metadata.max.bytes`), and replaces both at once.
 */
export interface Marks {
  /** Settled offsets at or past the committed one, ascending: they are skipped when they are read again. */
  readonly settled: readonly number[];
  /** Offsets below `end` were out that often without a settlement; of several ends the first counts. Ends ascend, counts fall. */
  readonly counts: readonly CountedUpTo[];
  /** A suspect that was out alone, and how often it has not been settled: of it alone is it known exactly. */
  readonly charged?: Counted | undefined;
  /** Offsets below may be out: nothing is handed over at or past it. Absent: nothing is out. */
  readonly reservedEnd?: number | undefined;
  /** What is out alone, with its count before that. */
  readonly suspect?: Counted | undefined;
  /** When the newest message was appended that was read so far, by the broker's clock. Absent: unknown. */
  readonly appendedAt?: number | undefined;
}

interface CountedUpTo {
  readonly end: number;
  readonly count: number;
}

interface Counted {
  readonly offset: number;
  readonly count: number;
}

/** Most offsets past the committed one that may be out or settled. */
export const mostAhead = 8_192;
/** From so many unsettled deliveries on, a message is handed over alone. */
export const suspectFrom = 2;

/** The metadata to commit with `offset`. */
export function encodeMarks(offset: number, marks: Marks): string {
  const { settled, counts, charged, reservedEnd, suspect, appendedAt } = marks;
  const d = encodeBitmap(offset, settled, mostAhead);
  const c = counts.filter(({ end }) => end > offset).map(({ end, count }) => [end, count]);
  const fields = {
    ...(d === '' ? {} : { d }),
    ...(reservedEnd !== undefined && reservedEnd > offset ? { w: reservedEnd } : {}),
    ...(c.length === 0 ? {} : { c }),
    ...(suspect === undefined ? {} : { s: [suspect.offset, suspect.count] }),
    ...(charged === undefined || charged.offset < offset ? {} : { x: [charged.offset, charged.count] }),
    ...(appendedAt === undefined ? {} : { t: appendedAt }),
  };
  // The offset stands in it as well: tools that move a group's offset may leave the metadata of the old one.
  return Object.keys(fields).length === 0 ? '' : JSON.stringify({ v: 1, o: offset, ...fields });
}

const none: Marks = { settled: [], counts: [] };

/** What was committed with `offset`; without any marks if somebody else wrote it. */
export function decodeMarks(offset: number, metadata: string | null): Marks {
  const fields = parsed(metadata);
  if (fields?.v !== 1 || fields.o !== offset) return none;
  const settled =
    fields.d === undefined ? [] : typeof fields.d === 'string' && decodeBitmap(offset, fields.d, mostAhead);
  const counts = countsOf(fields.c ?? []);
  if (!settled || counts === undefined) return none;
  if (fields.w !== undefined && !(isOffset(fields.w) && fields.w > offset)) return none;
  const suspect = countedOf(fields.s);
  const charged = countedOf(fields.x);
  if (suspect === null || charged === null) return none;
  const appendedAt = isOffset(fields.t) ? fields.t : undefined;
  return { settled, counts, charged, reservedEnd: fields.w, suspect, appendedAt };
}

/**
 * Who is charged for what the last owner has left: the suspect that was out, or else everything that may have been. As
 * windows charge the innocent too, they never make more than a suspect of it.
 */
export function chargedMarks({ settled, counts, charged, reservedEnd, suspect }: Marks): Marks {
  if (suspect !== undefined) return { settled, counts, charged: { offset: suspect.offset, count: suspect.count + 1 } };
  if (reservedEnd === undefined) return { settled, counts, charged };
  const ends = [...new Set([...counts.map(({ end }) => end), reservedEnd])].toSorted((one, other) => one - other);
  const raised = ends.map((end) => {
    const before = countBelow(counts, end - 1);
    return { end, count: end <= reservedEnd ? Math.max(before, Math.min(suspectFrom, before + 1)) : before };
  });
  // Neighbours of one count are one.
  const merged = raised.filter(({ count }, at) => count !== raised[at + 1]?.count);
  return { settled, counts: merged, charged };
}

/** Deliveries of a message that is not settled which ended without a settlement. */
export function countOf({ counts, charged }: Pick<Marks, 'counts' | 'charged'>, offset: number): number {
  return charged?.offset === offset ? charged.count : countBelow(counts, offset);
}

function countBelow(counts: readonly CountedUpTo[], offset: number): number {
  return counts.find(({ end }) => offset < end)?.count ?? 0;
}

interface Fields {
  readonly v?: unknown;
  readonly o?: unknown;
  readonly d?: unknown;
  readonly w?: unknown;
  readonly c?: unknown;
  readonly s?: unknown;
  readonly x?: unknown;
  readonly t?: unknown;
}

function parsed(metadata: string | null): Fields | undefined {
  if (!metadata?.startsWith('{')) return undefined;
  try {
    return JSON.parse(metadata) as Fields;
  } catch {
    return undefined;
  }
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function pairOf(value: unknown): readonly [number, number] | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [first, second] = value as readonly unknown[];
  return isOffset(first) && isOffset(second) && second > 0 ? [first, second] : undefined;
}

/** Undefined where there is none, null where it cannot be read. */
function countedOf(value: unknown): Counted | null | undefined {
  if (value === undefined) return undefined;
  const pair = pairOf(value);
  return pair === undefined ? null : { offset: pair[0], count: pair[1] };
}

function countsOf(value: unknown): CountedUpTo[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const counts: CountedUpTo[] = [];
  for (const one of value as readonly unknown[]) {
    const pair = pairOf(one);
    const before = counts.at(-1);
    if (pair === undefined || pair[1] > suspectFrom) return undefined;
    if (before !== undefined && (pair[0] <= before.end || pair[1] >= before.count)) return undefined;
    counts.push({ end: pair[0], count: pair[1] });
  }
  return counts;
}
