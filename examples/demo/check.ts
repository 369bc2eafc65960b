import type { Happening } from './journal.ts';
import { addTo, type Totals } from './totals.ts';

export type Published = Happening & { readonly id: string };

/** What there is at the end of the day, from each point of view. */
export interface Evidence {
  /** What the broker has accepted. */
  readonly published: readonly Published[];
  readonly groups: readonly {
    readonly name: string;
    readonly wants: (type: string) => boolean;
    /** Ids of events. */
    readonly handled: ReadonlySet<string>;
  }[];
  /** The ledger's accounts, in minor units. */
  readonly ledger: ReadonlyMap<string, number>;
  readonly deadLetters: number;
}

/** Numbers that must be the same. */
export interface Finding {
  readonly subject: string;
  readonly holds: boolean;
  readonly numbers: Readonly<Record<string, number>>;
  /** Present where the numbers are money, in minor units. */
  readonly currency?: string;
}

/** Holds the end of the day against what was published. Knows nothing of how the demo came to it. */
export function check({ published, groups, ledger, deadLetters }: Evidence): readonly Finding[] {
  const counted = groups.map(({ name, wants, handled }) => {
    const wanted = published.filter(({ type }) => wants(type));
    return finding(name, { wanted: wanted.length, handled: wanted.filter(({ id }) => handled.has(id)).length });
  });
  const expected = totalsOf(published);
  const announced = announcedIn(published);
  const added = [...new Set([...expected.keys(), ...announced.keys(), ...ledger.keys()])].toSorted().map((currency) => {
    const numbers = {
      published: expected.get(currency) ?? 0,
      'announced at closing': announced.get(currency) ?? 0,
      'in the ledger': ledger.get(currency) ?? 0,
    };
    return { ...finding(currency, numbers), currency };
  });
  return [...counted, ...added, finding('dead letters', { expected: 0, left: deadLetters })];
}

function finding(subject: string, numbers: Finding['numbers']): Finding {
  return { subject, holds: new Set(Object.values(numbers)).size === 1, numbers };
}

/** Payments less refunds, from the published events alone. */
function totalsOf(published: readonly Published[]): Totals {
  const totals: Totals = new Map();
  const payments = new Map<string, number>();
  for (const { type, data } of published) {
    if (type === 'payment.transaction.succeeded') {
      payments.set(data.payment_id, data.amount);
      addTo(totals, data.currency, data.amount);
    } else if (type === 'payment.transaction.refunded') {
      addTo(totals, data.currency, -(data.refund_amount ?? payments.get(data.payment_id) ?? 0));
    }
  }
  return totals;
}

function announcedIn(published: readonly Published[]): Totals {
  const totals: Totals = new Map();
  for (const { type, data } of published) {
    if (type !== 'payment.day.closed') continue;
    for (const [currency, amount] of Object.entries(data.totals)) addTo(totals, currency, amount);
  }
  return totals;
}
