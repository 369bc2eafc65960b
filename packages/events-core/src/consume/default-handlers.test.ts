import { afterEach, describe, expect, it, vi } from 'vitest';
import type { TypeOf } from '../events/event-types.ts';
import { paymentEvents, type PaymentEvents } from '../events/payment-events.ts';
import { setupDefaultConsumers, type DefaultHandlerOverrides } from './default-handlers.ts';
import type { Handler, HandlerContext } from './handler.ts';

/** A consumer that only remembers its handlers. */
function fakeConsumer() {
  const handlers = new Map<string, Handler>();
  const on = (type: TypeOf<PaymentEvents>, handler: Handler) => handlers.set(type, handler);
  const receive = (type: string, key?: string) => {
    const event = {
      id: 'evt_1',
      type,
      time: new Date(0),
      source: '/billing',
      data: { card: 'hunter2' },
      ...(key === undefined ? {} : { key }),
    };
    return handlers.get(type)?.(event, {} as HandlerContext);
  };
  return { on, handlers, receive };
}

afterEach(() => void vi.restoreAllMocks());

describe('the default handlers', () => {
  it('are one for each payment event', () => {
    const consumer = fakeConsumer();
    setupDefaultConsumers(consumer);
    expect([...consumer.handlers.keys()]).toEqual(Object.keys(paymentEvents));
  });

  it('log a line with type, id and key, and never the data', () => {
    const consumer = fakeConsumer();
    const info = vi.fn();
    setupDefaultConsumers(consumer, {}, { logger: { info } });
    consumer.receive('payment.invoice.paid', 'inv_1');
    consumer.receive('payment.usage.recorded');
    expect(info.mock.calls).toEqual([
      [
        { type: 'payment.invoice.paid', id: 'evt_1', key: 'inv_1' },
        'received payment.invoice.paid, id evt_1, key inv_1',
      ],
      [{ type: 'payment.usage.recorded', id: 'evt_1' }, 'received payment.usage.recorded, id evt_1'],
    ]);
  });

  it('write to stdout where no logger is given', () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const consumer = fakeConsumer();
    setupDefaultConsumers(consumer);
    consumer.receive('payment.invoice.paid', 'inv_1');
    expect(write.mock.calls).toEqual([['[payments/events] received payment.invoice.paid, id evt_1, key inv_1\n']]);
  });

  it('give way to a handler of your own, or to none', () => {
    const consumer = fakeConsumer();
    const mine = vi.fn();
    setupDefaultConsumers(consumer, { 'payment.invoice.paid': mine, 'payment.usage.recorded': false });
    expect(consumer.handlers.get('payment.invoice.paid')).toBe(mine);
    expect(consumer.handlers.has('payment.usage.recorded')).toBe(false);
    expect(consumer.handlers.size).toBe(Object.keys(paymentEvents).length - 1);
  });

  it('are refused as a whole where an override names no payment event', () => {
    const consumer = fakeConsumer();
    const overrides = { 'payment.invoice.payed': false } as DefaultHandlerOverrides;
    expect(() => setupDefaultConsumers(consumer, overrides)).toThrow(
      '"payment.invoice.payed" is not a payment event. Did you mean "payment.invoice.paid"?',
    );
    expect(consumer.handlers.size).toBe(0);
  });
});
