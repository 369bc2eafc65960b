/** Of the events that tests of whole days publish. */
export const type = 'payment.transaction.succeeded';
export const payment = { payment_id: 'pay_1', amount: 4999, currency: 'EUR' };
/** Where that type goes, behind the prefix. */
export const topicOfType = 'transaction';
