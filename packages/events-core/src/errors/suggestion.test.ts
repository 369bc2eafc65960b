import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { suggestion } from './suggestion.ts';

const types = ['payment.transaction.succeeded', 'payment.transaction.failed', 'payment.invoice.paid'];

describe('suggestion', () => {
  it('names the candidate that a slip of the keyboard would miss', () => {
    expect(suggestion('payment.transaction.suceeded', types)).toBe(' Did you mean "payment.transaction.succeeded"?');
    expect(suggestion('PAYMENT.INVOICE.PAID', types)).toBe(' Did you mean "payment.invoice.paid"?');
  });

  it('names the nearest of several', () => {
    expect(suggestion('payment.transaction.faild', types)).toContain('failed');
  });

  it('says nothing when no candidate is near', () => {
    expect(suggestion('shop.order.placed', types)).toBe('');
    expect(suggestion('', types)).toBe('');
    expect(suggestion('anything', [])).toBe('');
  });

  it('stays quick and quiet for a text of any length', () => {
    expect(suggestion('x'.repeat(1_000_000), types)).toBe('');
  });

  it('finds a candidate again after any one letter was left out', () => {
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.nat(), (type, position) => {
        const at = position % type.length;
        expect(suggestion(type.slice(0, at) + type.slice(at + 1), types)).toContain(`"${type}"`);
      }),
    );
  });
});
