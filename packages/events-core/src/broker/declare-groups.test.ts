import { describe, expect, it } from 'vitest';
import type { BrokerAdapter } from '../contract/adapter.ts';
import type { GroupSpec } from '../contract/subscription.ts';
import { declareGroups, type GroupDeclaration } from './declare-groups.ts';

async function declared(declarations: readonly GroupDeclaration[], specs: GroupSpec[] = []): Promise<GroupSpec[]> {
  const declareGroup: BrokerAdapter['declareGroup'] = async (spec) => void specs.push(spec);
  await declareGroups({ declareGroup } as BrokerAdapter, declarations, 'earliest');
  return specs;
}

describe('declaring groups', () => {
  it('names the types the patterns match, each once, and the delays of the retry policy', async () => {
    const patterns = ['payment.invoice.*', 'payment.invoice.paid'];
    const retry = { maxAttempts: 3, initialDelayMs: 10, factor: 2 };
    expect(await declared([{ group: 'ledger', patterns, retry }])).toEqual([
      {
        group: 'ledger',
        patterns,
        types: [
          'payment.invoice.created',
          'payment.invoice.updated',
          'payment.invoice.paid',
          'payment.invoice.payment_failed',
        ],
        ordering: 'none',
        retryDelaysMs: [10, 20],
        startFrom: 'earliest',
      },
    ]);
  });

  it('takes order, start and catalogue from the declaration', async () => {
    const [spec] = await declared([
      {
        group: 'shop',
        patterns: ['shop.#'],
        ordering: 'key',
        startFrom: 'latest',
        events: { 'shop.order.placed': {} },
      },
    ]);
    expect(spec).toMatchObject({
      types: ['shop.order.placed'],
      ordering: 'key',
      retryDelaysMs: [],
      startFrom: 'latest',
    });
  });

  it.each([
    [{ group: 'Ledger', patterns: ['#'] }, 'groups.group'],
    [{ group: 'ledger', patterns: [] }, 'groups.patterns'],
    [{ group: 'ledger', patterns: ['payment.invoices.*'] }, 'groups.patterns'],
    [{ group: 'ledger', patterns: ['#'], retry: { maxAttempts: 0 } }, 'retry.maxAttempts'],
  ])('refuses %j before any is declared', async (bad, path) => {
    const specs: GroupSpec[] = [];
    await expect(declared([{ group: 'good', patterns: ['#'] }, bad], specs)).rejects.toMatchObject({ path });
    expect(specs).toEqual([]);
  });
});
