import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { OperationPublishError } from '../errors/operation-publish-error.ts';
import type { PreparedEvent } from '../events/event.ts';
import type { PaymentEvents } from '../events/payment-events.ts';
import type { PublishOptions, Publisher } from './publisher.ts';
import { publishingPayments } from './publishing-payments.ts';

/** A service as people write them: a class with private fields, an accessor, a static part and an own function. */
class Payments {
  static readonly version = 3;
  #captured = 0;
  readonly onRefund = (id: string) => `refunded ${id}`;

  async capture(id: string, amount: number): Promise<{ id: string; amount: number; secret: string }> {
    if (amount <= 0) throw new RangeError('nothing to capture');
    this.#captured += 1;
    return { id, amount, secret: 'hunter2' };
  }

  void(id: string): string {
    return id;
  }

  get captured(): number {
    return this.#captured;
  }

  captureTwice(id: string): Promise<unknown> {
    return Promise.all([this.capture(id, 1), this.capture(id, 2)]);
  }
}

/** Notes what is published; refuses invalid data and what `refuse` names. */
function fakePublisher(refuse: (event: PreparedEvent) => Error | undefined = () => undefined) {
  const published: PreparedEvent[] = [];
  let count = 0;
  const publisher = {
    async prepare(type: string, data: object, options: PublishOptions = {}): Promise<PreparedEvent> {
      if ('invalid' in data) throw new InvalidEventError('data.amount must be a whole number.', type, []);
      count += 1;
      return { id: options.id ?? `event-${count}`, type, time: '2026-11-23T09:00:00.000Z', source: '/billing', data };
    },
    async publish(event: PreparedEvent) {
      const refusal = refuse(event);
      if (refusal !== undefined) throw refusal;
      published.push(event);
      return { id: event.id, duplicate: false };
    },
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
  return { published, publisher: publisher as unknown as Publisher<PaymentEvents> };
}

const transaction = (id: string, amount: number) => ({ payment_id: id, customer_id: 'cus_1', amount, currency: 'EUR' });
const succeeded = (id: string, amount: number) => ({
  type: 'payment.transaction.succeeded' as const,
  data: transaction(id, amount),
});
const created = (id: string, amount: number) => ({
  type: 'payment.transaction.created' as const,
  data: transaction(id, amount),
});

async function failureOf(call: Promise<unknown>): Promise<OperationPublishError> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  if (OperationPublishError.isInstance(error)) return error;
  throw new Error('no OperationPublishError', { cause: error });
}

describe('a service that publishes', () => {
  it('has published an operation’s event before the call resolves', async () => {
    const { publisher, published } = fakePublisher();
    const payments = publishingPayments(new Payments(), publisher, {
      capture: (result, id, amount) => succeeded(result.id, amount),
    });
    expect(await payments.capture('pay_1', 4999)).toMatchObject({ id: 'pay_1', amount: 4999 });
    expect(published).toMatchObject([
      { type: 'payment.transaction.succeeded', data: { payment_id: 'pay_1', amount: 4999 } },
    ]);
  });

  it('publishes several events in order, none, or what a promise brings', async () => {
    const { publisher, published } = fakePublisher();
    const payments = publishingPayments(new Payments(), publisher, {
      capture: async ({ id }, _id, amount) =>
        amount === 1 ? undefined : [created(id, amount), { ...succeeded(id, amount), options: { id: 'mine' } }],
    });
    await payments.capture('pay_1', 1);
    expect(published).toEqual([]);
    await payments.capture('pay_2', 2);
    expect(published).toMatchObject([
      { type: 'payment.transaction.created' },
      { type: 'payment.transaction.succeeded', id: 'mine' },
    ]);
  });

  it('publishes nothing for an operation that fails', async () => {
    const { publisher, published } = fakePublisher();
    const announce = vi.fn(() => undefined);
    const payments = publishingPayments(new Payments(), publisher, { capture: announce });
    await expect(payments.capture('pay_1', 0)).rejects.toThrow(RangeError);
    expect(announce).not.toHaveBeenCalled();
    expect(published).toEqual([]);
  });

  it('makes a synchronous operation that is announced asynchronous', async () => {
    const { publisher, published } = fakePublisher();
    const payments = publishingPayments(new Payments(), publisher, { void: (id) => created(id, 1) });
    const call = payments.void('pay_1');
    expect(call).toBeInstanceOf(Promise);
    expect(await call).toBe('pay_1');
    expect(published).toHaveLength(1);
  });

  it('passes everything else through, private fields included', async () => {
    const { publisher } = fakePublisher();
    const service = new Payments();
    const payments = publishingPayments(service, publisher, { capture: () => undefined });
    await payments.capture('pay_1', 1);
    expect(payments.captured).toBe(1);
    expect(payments.onRefund('pay_1')).toBe('refunded pay_1');
    expect(payments.void('pay_1')).toBe('pay_1');
    expect(payments).toBeInstanceOf(Payments);
    expect(payments.constructor).toBe(Payments);
    expect('capture' in payments).toBe(true);
    expect(Object.keys(payments)).toEqual(['onRefund']);
    expect(payments.capture).toBe(payments.capture);
  });

  it('may be frozen, and may be a plain object', async () => {
    const { publisher, published } = fakePublisher();
    const service = Object.freeze({ pay: (id: string) => id, nested: { deep: true } });
    const payments = publishingPayments(service, publisher, { pay: (id) => created(id, 1) });
    expect(await payments.pay('pay_1')).toBe('pay_1');
    expect({ ...payments }.nested).toBe(service.nested);
    expect(published).toHaveLength(1);
  });

  it('does not announce what it calls on itself', async () => {
    const { publisher, published } = fakePublisher();
    const payments = publishingPayments(new Payments(), publisher, { capture: ({ id }) => created(id, 1) });
    await payments.captureTwice('pay_1');
    expect(published).toEqual([]);
  });

  it('refuses a map that names no method', () => {
    const { publisher } = fakePublisher();
    // @ts-expect-error a typing mistake, which JavaScript does not see
    expect(() => publishingPayments(new Payments(), publisher, { captur: () => undefined })).toThrow(
      'map.captur is no method of the service. Did you mean "capture"?',
    );
  });
});

describe('an operation whose events cannot be published', () => {
  const both = { capture: ({ id }: { id: string }) => [created(id, 1), succeeded(id, 1)] };

  it('rejects with its result and the events that are left, ready to be published with the same ids', async () => {
    const { publisher, published } = fakePublisher(({ type }) =>
      type.endsWith('succeeded') ? new Error('broker away') : undefined,
    );
    const failure = await failureOf(publishingPayments(new Payments(), publisher, both).capture('pay_1', 1));
    expect(published).toMatchObject([{ id: 'event-1' }]);
    expect(failure.unpublished).toMatchObject([{ id: 'event-2', type: 'payment.transaction.succeeded' }]);
    expect(failure.result).toMatchObject({ id: 'pay_1' });
    expect(failure).toMatchObject({ operation: 'capture', retryable: false, cause: { message: 'broker away' } });
    expect(failure.message).toBe(
      'capture() has succeeded and must not be repeated, but its events were not all published. Unpublished: payment.transaction.succeeded event-2. The cause says why.',
    );
  });

  it('shows neither result nor events', async () => {
    const { publisher } = fakePublisher(() => new Error('broker away'));
    const failure = await failureOf(publishingPayments(new Payments(), publisher, both).capture('pay_1', 1));
    const shown = inspect(failure, { depth: null }) + JSON.stringify(failure);
    expect(shown).not.toContain('hunter2');
    expect(shown).not.toContain('cus_1');
  });

  it('publishes nothing while one of its events is refused for its data', async () => {
    const { publisher, published } = fakePublisher();
    const invalid = { ...created('pay_1', 1), data: { ...transaction('pay_1', 1), invalid: true } };
    const payments = publishingPayments(new Payments(), publisher, {
      capture: () => [created('pay_1', 1), invalid, succeeded('pay_1', 1)],
    });
    const failure = await failureOf(payments.capture('pay_1', 1));
    expect(published).toEqual([]);
    expect(failure.unpublished).toMatchObject([
      { type: 'payment.transaction.created' },
      { type: 'payment.transaction.succeeded' },
    ]);
    expect(InvalidEventError.isInstance(failure.cause)).toBe(true);
    expect(failure.message).toContain('data.amount must be a whole number.');
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no such field');
      },
      'no such field',
    ],
    ['answers nonsense', () => 'payment.transaction.created' as never, 'an announcement must be { type, data }'],
  ])('rejects the same way when the map %s', async (_what, capture, reason) => {
    const { publisher } = fakePublisher();
    const failure = await failureOf(publishingPayments(new Payments(), publisher, { capture }).capture('pay_1', 1));
    expect(failure).toMatchObject({
      unpublished: [],
      result: { id: 'pay_1' },
      cause: { message: expect.stringContaining(reason) },
    });
  });

  it('returns its result once a function has taken the failure', async () => {
    const { publisher } = fakePublisher(() => new Error('broker away'));
    const outbox: PreparedEvent[] = [];
    const payments = publishingPayments(new Payments(), publisher, both, {
      onPublishFailure: async ({ unpublished }) => void outbox.push(...unpublished),
    });
    expect(await payments.capture('pay_1', 1)).toMatchObject({ id: 'pay_1' });
    expect(outbox.map(({ id }) => id)).toEqual(['event-1', 'event-2']);
  });

  it('rejects with what that function throws', async () => {
    const { publisher } = fakePublisher(() => new Error('broker away'));
    const onPublishFailure = () => Promise.reject(new Error('outbox full'));
    await expect(
      publishingPayments(new Payments(), publisher, both, { onPublishFailure }).capture('pay_1', 1),
    ).rejects.toThrow('outbox full');
  });
});
