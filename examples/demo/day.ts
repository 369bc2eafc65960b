import { createDice } from './dice.ts';
import { createJournal, type Happening } from './journal.ts';
import { createStories } from './stories.ts';
import type { Totals } from './totals.ts';

/** A day of payments, and what it comes to. */
export interface Day {
  readonly opensAt: number;
  readonly closesAt: number;
  /** In the order in which they happened. */
  readonly happenings: readonly Happening[];
  /** What customers have paid, less what they got back. */
  readonly totals: ReadonlyMap<string, number>;
}

const opensAt = Date.UTC(2026, 2, 2, 8);
const closesAt = Date.UTC(2026, 2, 2, 18);
const hourMs = 3_600_000;

/** Made up, and the same at every run. One payment is in Swiss francs, for which the demo's ledger has no account at first. */
export function dayOfPayments(seed = 20_260_302): Day {
  const journal = createJournal();
  const dice = createDice(seed);
  const totals: Totals = new Map();
  const stories = createStories(journal, dice, totals);
  const times = (count: number, tell: (at: number) => void): void => {
    // An hour before closing time, so that every story comes to its end.
    for (let index = 0; index < count; index += 1) tell(dice.between(opensAt, closesAt - hourMs - 1));
  };

  times(40, (at) => {
    const customer = stories.signUp(at);
    if (dice.chance(60)) stories.subscribe(at + hourMs / 60, customer);
  });
  times(130, (at) => stories.buy(at, stories.oldCustomer()));
  times(25, (at) => stories.renew(at, stories.oldCustomer()));
  times(70, (at) => stories.use(at));
  times(8, (at) => stories.changePlan(at));
  times(7, (at) => stories.leave(at, stories.oldCustomer()));
  stories.payOnce(opensAt + 5 * hourMs, stories.oldCustomer('CHF'), 12_000);
  journal.write(closesAt, 'payment.day.closed', { date: '2026-03-02', totals: Object.fromEntries(totals) });
  return { opensAt, closesAt, happenings: journal.inOrder(), totals };
}
