/** What the lab's clients are told, and the defaults of the adapter. Every lab has a virtual host of its own. */
export const names = { exchange: 'payments', queuePrefix: 'payment_' } as const;
