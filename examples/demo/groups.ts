import { setupDefaultConsumers } from '@payments/events-core';
import { createGroup, type Group, type Setting } from './group.ts';
import type { Ledger } from './ledger.ts';
import type { Show } from './show.ts';

/** Books what was paid and refunded. A refund must not overtake its payment, so events of one payment stay in order. */
export function ledgerGroup(setting: Setting, ledger: Ledger, show: Show): Group {
  const types = ['payment.transaction.succeeded', 'payment.transaction.refunded'];
  return createGroup(setting, {
    name: 'ledger',
    ordering: 'key',
    wants: (type) => types.includes(type),
    register(consumer) {
      consumer.on('payment.transaction.succeeded', (event, { redrives }) => {
        ledger.pay(event);
        if (redrives > 0) show.good(`ledger: ${event.data.payment_id} booked, after an operator has redriven it`);
      });
      consumer.on('payment.transaction.refunded', (event) => ledger.refund(event));
    },
  });
}

/** The default handlers, which log a line each, of which only the first is shown, but for mails to customers. The mail server is away once. */
export function notificationsGroup(setting: Setting, show: Show): Group {
  let logged = 0;
  const logger = {
    info(_details: object, line: string) {
      logged += 1;
      if (logged === 1) show.line(`a default handler says: ${line}`);
    },
  };
  let receipts = 0;

  return createGroup(setting, {
    name: 'notifications',
    wants: (type) => type !== 'payment.usage.recorded' && type !== 'payment.day.closed',
    register(consumer) {
      setupDefaultConsumers(
        consumer,
        {
          'payment.invoice.paid': ({ data }, { attempt }) => {
            receipts += 1;
            if (receipts === 10) throw new Error('the mail server does not answer');
            if (attempt > 1) show.good(`notifications: receipt for ${data.invoice_id} sent on attempt ${attempt}`);
          },
          'payment.usage.recorded': false,
        },
        { logger },
      );
    },
  });
}

/** Takes everything, and notes which types there are. */
export function analyticsGroup(setting: Setting, types: Set<string>): Group {
  return createGroup(setting, {
    name: 'analytics',
    wants: () => true,
    register(consumer) {
      consumer.on('#', ({ type }) => void types.add(type));
    },
  });
}
