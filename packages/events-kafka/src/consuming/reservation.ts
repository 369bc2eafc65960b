import { mostAhead } from './marks.ts';

/** Offsets reserved at once; where somebody has crashed before, fewer are charged for the next crash. */
const reserveAhead = 2_048;
const reserveAheadCharged = 64;

export interface Reservation {
  /** Offsets below it may be handed over once this is committed. */
  readonly end: number;
  /** There is one, and it has run down to its half: commit the new one before it ends. */
  readonly low: boolean;
}

interface Reserving {
  /** The next to be handed over; no suspect, which is never reserved for. */
  readonly next: { readonly offset: number; readonly unsettled: number };
  readonly watermark: number;
  readonly reservedEnd: number | undefined;
}

/** How far to reserve. Never less than there is, and never further than marks can tell of. */
export function reservationFor({ next: { offset, unsettled }, watermark, reservedEnd }: Reserving): Reservation {
  const ahead = unsettled === 0 ? reserveAhead : reserveAheadCharged;
  if (reservedEnd !== undefined && reservedEnd - offset > ahead / 2) return { end: reservedEnd, low: false };
  const end = Math.max(reservedEnd ?? 0, Math.min(offset + ahead, watermark + mostAhead));
  // Where something holds the watermark back, the end grows with it step by step: not a reason to hurry.
  return { end, low: reservedEnd !== undefined && end - reservedEnd >= ahead / 2 };
}
