import type { Dice } from './dice.ts';
import type { Journal } from './journal.ts';
import { addTo, type Totals } from './totals.ts';

interface Customer {
  readonly id: string;
  readonly methodId: string;
  readonly currency: string;
}

interface Payment {
  readonly customer: Customer;
  readonly amount: number;
  readonly succeeds: boolean;
}

/** What happens in a day: each story begins at some millisecond of it and goes on for less than an hour. */
export interface Stories {
  signUp(at: number): Customer;
  /** Whoever had signed up before today. */
  oldCustomer(currency?: string): Customer;
  buy(at: number, customer: Customer): void;
  /** A payment that goes through and is not refunded. */
  payOnce(at: number, customer: Customer, amount: number): void;
  subscribe(at: number, customer: Customer): void;
  renew(at: number, customer: Customer): void;
  use(at: number): void;
  changePlan(at: number): void;
  leave(at: number, customer: Customer): void;
}

const minuteMs = 60_000;
const provider = 'stripe';
const names = [
  'Ada Lovelace',
  'Alan Turing',
  'Grace Hopper',
  'Karen Jones',
  'Leslie Lamport',
  'Barbara Liskov',
] as const;
/** The first are the most usual. */
const currencies = ['EUR', 'EUR', 'EUR', 'USD', 'USD', 'GBP', 'JPY'] as const;
const plans = { basic: 1900, team: 4900, company: 9900 } as const;
const planNames = ['basic', 'team', 'company'] as const;

/** @param totals what customers have paid, less what they got back, is added up here */
export function createStories(journal: Journal, dice: Dice, totals: Totals): Stories {
  const counts = new Map<string, number>();

  function newId(prefix: string): string {
    const count = (counts.get(prefix) ?? 0) + 1;
    counts.set(prefix, count);
    return `${prefix}_${String(count).padStart(4, '0')}`;
  }

  function newCustomer(currency: string): Customer {
    return { id: newId('cus'), methodId: newId('pm'), currency };
  }

  /** @returns the id of the payment */
  function pay(at: number, { customer, amount, succeeds }: Payment): string {
    const payment_id = newId('pay');
    const payment = { payment_id, customer_id: customer.id, amount, currency: customer.currency, provider };
    journal.write(at, 'payment.transaction.created', { ...payment, status: 'PENDING' });
    if (succeeds) {
      journal.write(at + minuteMs, 'payment.transaction.succeeded', { ...payment, status: 'COMPLETED' });
      addTo(totals, customer.currency, amount);
    } else {
      const declined = { error_code: 'card_declined', error_message: 'The card was declined.' };
      journal.write(at + minuteMs, 'payment.transaction.failed', { ...payment, status: 'FAILED', ...declined });
    }
    return payment_id;
  }

  function refund(at: number, payment_id: string, { customer, amount }: Payment): void {
    const all = dice.chance(30);
    const back = all ? amount : dice.between(1, amount);
    const refund_amount = all ? null : back;
    const ids = { payment_id, refund_id: newId('ref'), customer_id: customer.id };
    journal.write(at, 'payment.transaction.refunded', { ...ids, refund_amount, currency: customer.currency, provider });
    addTo(totals, customer.currency, -back);
  }

  /** Some invoices are paid only at the second attempt, after something was taken off. */
  function bill(at: number, subscription_id: string, customer: Customer, amount_due: number): void {
    const open = {
      invoice_id: newId('inv'),
      customer_id: customer.id,
      subscription_id,
      amount_due,
      currency: customer.currency,
    };
    journal.write(at, 'payment.invoice.created', { ...open, status: 'open' });
    let amount = amount_due;
    let payAt = at + minuteMs;
    if (dice.chance(20)) {
      const payment_id = pay(payAt, { customer, amount, succeeds: false });
      const failure = { payment_id, error_code: 'card_declined', attempt_count: 1 };
      journal.write(payAt + 2 * minuteMs, 'payment.invoice.payment_failed', { ...open, ...failure, status: 'open' });
      amount -= 500;
      payAt += 40 * minuteMs;
      journal.write(payAt, 'payment.invoice.updated', { ...open, amount_due: amount, status: 'open' });
    }
    const payment_id = pay(payAt + minuteMs, { customer, amount, succeeds: true });
    const paid = { payment_id, amount_due: amount, amount_paid: amount, status: 'paid' };
    journal.write(payAt + 3 * minuteMs, 'payment.invoice.paid', { ...open, ...paid });
  }

  return {
    signUp(at) {
      const name = dice.oneOf(names);
      const customer = newCustomer(dice.oneOf(currencies));
      const { id: customer_id, methodId: payment_method_id } = customer;
      const email = `${name.toLowerCase().replace(' ', '.')}@example.com`;
      journal.write(at, 'payment.customer.created', { customer_id, email, name, provider });
      journal.write(at + minuteMs, 'payment.method.created', { payment_method_id, customer_id, provider });
      if (dice.chance(30)) {
        journal.write(at + 30 * minuteMs, 'payment.customer.updated', { customer_id, updates: { locale: 'fr' } });
      }
      if (dice.chance(30)) {
        const updates = { is_default: true };
        journal.write(at + 45 * minuteMs, 'payment.method.updated', {
          payment_method_id,
          customer_id,
          provider,
          updates,
        });
      }
      return customer;
    },
    oldCustomer: (currency = dice.oneOf(currencies)) => newCustomer(currency),
    buy(at, customer) {
      const payment = { customer, amount: dice.between(499, 19_999), succeeds: dice.chance(88) };
      const payment_id = pay(at, payment);
      if (payment.succeeds && dice.chance(12)) refund(at + dice.between(10, 55) * minuteMs, payment_id, payment);
    },
    payOnce: (at, customer, amount) => void pay(at, { customer, amount, succeeds: true }),
    subscribe(at, customer) {
      const subscription_id = newId('sub');
      const plan = dice.oneOf(planNames);
      const subscription = { subscription_id, customer_id: customer.id, plan_id: `plan_${plan}`, provider };
      journal.write(at, 'payment.subscription.created', subscription);
      bill(at + minuteMs, subscription_id, customer, plans[plan]);
    },
    renew(at, customer) {
      const subscription_id = newId('sub');
      const plan = dice.oneOf(planNames);
      const renewed = { subscription_id, customer_id: customer.id, plan_id: `plan_${plan}` };
      journal.write(at, 'payment.subscription.renewed', {
        ...renewed,
        current_period_start: new Date(at).toISOString(),
      });
      bill(at + minuteMs, subscription_id, customer, plans[plan]);
    },
    use(at) {
      const timestamp = new Date(at).toISOString();
      const usage = { subscription_id: newId('sub'), quantity: dice.between(1, 500), description: 'API calls' };
      journal.write(at, 'payment.usage.recorded', { ...usage, timestamp });
    },
    changePlan(at) {
      const plan_id = `plan_${dice.oneOf(planNames)}`;
      journal.write(at, 'payment.subscription.updated', { subscription_id: newId('sub'), plan_id, status: 'active' });
    },
    leave(at, { id: customer_id, methodId: payment_method_id }) {
      const subscription = { subscription_id: newId('sub'), customer_id, canceled_at: new Date(at).toISOString() };
      journal.write(at, 'payment.subscription.canceled', { ...subscription, reason: 'too expensive' });
      journal.write(at + minuteMs, 'payment.method.deleted', { payment_method_id, customer_id, provider });
      journal.write(at + 2 * minuteMs, 'payment.customer.deleted', { customer_id });
    },
  };
}
