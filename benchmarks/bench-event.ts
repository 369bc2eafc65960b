import type { PaymentEvent } from '@payments/events-core';

export const benchType = 'payment.transaction.succeeded';

const providerPaymentId = `pi_${'3MtwBwLkdIwHu7ix'.repeat(10)}`;

/** Data of an event that has 0.5 KB on the wire. */
export function benchData(paymentId: string): PaymentEvent<typeof benchType>['data'] {
  return {
    payment_id: paymentId,
    customer_id: 'cus_8f14e45fceea167a5a36dedd4bea2543',
    amount: 4999,
    currency: 'EUR',
    status: 'COMPLETED',
    provider: 'stripe',
    provider_payment_id: providerPaymentId,
  };
}
