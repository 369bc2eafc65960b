import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { resolveConsumerLimits, type ConsumerOptions } from './consumer-options.ts';

const resolve = (options: Partial<ConsumerOptions<unknown>> = {}) =>
  resolveConsumerLimits({ broker: undefined as never, ...options }, 'payment-service');

describe('consumer options', () => {
  it('have the documented defaults', () => {
    expect(resolve()).toMatchObject({
      group: 'payment-service',
      ordering: 'none',
      concurrency: 10,
      maxInFlight: 10,
      handlerTimeoutMs: 30_000,
      maxUnsettled: 10,
      onUnknownType: 'deadLetter',
      policy: { maxAttempts: 5 },
    });
  });

  it('name a group of their own over the configured one', () => {
    expect(resolve({ group: 'ledger' }).group).toBe('ledger');
  });

  it('hold as many events as handlers may run without order', () => {
    expect(resolve({ concurrency: 25 }).maxInFlight).toBe(25);
  });

  it.each([
    [1, 64],
    [10, 80],
    [10_000, 65_535],
  ])(
    'hold more events with ordering by key, because some wait for others: concurrency %d, %d events',
    (concurrency, held) => {
      expect(resolve({ ordering: 'key', concurrency }).maxInFlight).toBe(held);
    },
  );

  it.each([
    [{ group: 'Ledger' }, 'consumer.group'],
    [{ group: '' }, 'consumer.group'],
    [{ group: 7 as never }, 'consumer.group'],
    [{ ordering: 'keys' as never }, 'consumer.ordering'],
    [{ concurrency: 0 }, 'consumer.concurrency'],
    [{ concurrency: 1.5 }, 'consumer.concurrency'],
    [{ concurrency: 10_001 }, 'consumer.concurrency'],
    [{ maxInFlight: 20 }, 'consumer.maxInFlight'],
    [{ ordering: 'key', maxInFlight: 9 }, 'consumer.maxInFlight'],
    [{ ordering: 'key', maxInFlight: 65_536 }, 'consumer.maxInFlight'],
    [{ handlerTimeoutMs: 9 }, 'consumer.handlerTimeoutMs'],
    [{ handlerTimeoutMs: Number.POSITIVE_INFINITY }, 'consumer.handlerTimeoutMs'],
    [{ maxUnsettled: 0 }, 'consumer.maxUnsettled'],
    [{ onUnknownType: 'drop' as never }, 'consumer.onUnknownType'],
    [{ retry: { maxAttempts: 0 } }, 'retry.maxAttempts'],
  ] as [Partial<ConsumerOptions<unknown>>, string][])('are refused with %o, naming %s', (options, path) => {
    const refused = expect(() => resolve(options));
    refused.toThrow(ConfigurationError);
    refused.toThrow(expect.objectContaining({ path }));
  });
});
