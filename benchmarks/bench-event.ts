import type { PaymentEvent } from '@payments/events-core';

export const benchType = 'payment.transaction.succeeded';
export const benchSource = '/bench';
export type BenchData = PaymentEvent<typeof benchType>['data'];

const providerPaymentId = `pi_${'3MtwBwLkdIwHu7ix'.repeat(10)}`;

/** Data of an event that has 0.5 KB on the wire. */
export function benchData(paymentId: string): BenchData {
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

export interface BenchEnvelope {
  readonly id: string;
  readonly data: BenchData;
}

/** The bytes that core makes of the event, for programs that do without core. */
export function benchBody(id: string, time: string, paymentId: string): Buffer {
  const data = benchData(paymentId);
  return Buffer.from(
    JSON.stringify({ id, event_type: benchType, timestamp: time, source: benchSource, key: paymentId, data }),
  );
}
