import type { PaymentEvent } from '@payments/events-core';
import { addTo, type Totals } from './totals.ts';

/** The books of a small payments company: an account for each currency. */
export interface Ledger {
  /** What each account holds, in minor units. */
  readonly totals: ReadonlyMap<string, number>;
  openAccount(currency: string): void;
  /** @throws {Error} when there is no account for the currency. */
  pay(event: PaymentEvent<'payment.transaction.succeeded'>): void;
  /** @throws {Error} for a payment it does not know: events of one payment must arrive in order. */
  refund(event: PaymentEvent<'payment.transaction.refunded'>): void;
}

/** @param options.skim falsifies the books: a minor unit of each refund stays in the account */
export function createLedger(currencies: readonly string[], { skim = false } = {}): Ledger {
  const totals: Totals = new Map(currencies.map((currency) => [currency, 0]));
  const payments = new Map<string, number>();
  /** An event may be delivered more than once, and is booked once. */
  const booked = new Set<string>();

  function book(eventId: string, currency: string, amount: number): void {
    if (!totals.has(currency)) throw new Error(`the ledger has no account for ${currency}`);
    if (booked.has(eventId)) return;
    booked.add(eventId);
    addTo(totals, currency, amount);
  }

  return {
    totals,
    openAccount: (currency) => addTo(totals, currency, 0),
    pay({ id, data: { payment_id, amount, currency } }) {
      book(id, currency, amount);
      payments.set(payment_id, amount);
    },
    refund({ id, data: { payment_id, refund_amount, currency } }) {
      const paid = payments.get(payment_id);
      if (paid === undefined) throw new Error(`a refund for payment ${payment_id}, which is not in the ledger`);
      const amount = refund_amount ?? paid;
      book(id, currency, skim ? 1 - amount : -amount);
    },
  };
}
