import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { createHandlerRegistry } from './handler-registry.ts';

const known = ['shop.order.placed', 'shop.order.canceled', 'shop.refund.asked'];
const first = () => {};
const second = () => {};

describe('the handler registry', () => {
  it('finds the handlers of a type in order of registration, whatever their patterns', () => {
    const registry = createHandlerRegistry(known);
    registry.add('shop.#', first);
    registry.add('shop.order.placed', second);
    registry.add('shop.refund.*', second);
    expect(registry.handlersFor('shop.order.placed')).toEqual([first, second]);
    expect(registry.handlersFor('shop.order.canceled')).toEqual([first]);
  });

  it('finds handlers of types that nobody defined, and none where no pattern matches', () => {
    const registry = createHandlerRegistry(known);
    registry.add('shop.order.*', first);
    expect(registry.handlersFor('shop.order.archived')).toEqual([first]);
    expect(registry.handlersFor('payment.invoice.paid')).toEqual([]);
  });

  it('finds a handler that was added after the type was asked for', () => {
    const registry = createHandlerRegistry(known);
    expect(registry.handlersFor('shop.order.placed')).toEqual([]);
    registry.add('#', first);
    expect(registry.handlersFor('shop.order.placed')).toEqual([first]);
  });

  it('lists each pattern once, and the known types that any of them matches', () => {
    const registry = createHandlerRegistry(known);
    for (const pattern of ['shop.order.*', 'shop.order.*', '#.placed']) registry.add(pattern, first);
    expect(registry.patterns).toEqual(['shop.order.*', '#.placed']);
    expect(registry.types()).toEqual(['shop.order.placed', 'shop.order.canceled']);
  });

  it('refuses a pattern outside the grammar, and what is no function, when it is added', () => {
    const registry = createHandlerRegistry(known);
    expect(() => registry.add('shop.ord*', first)).toThrow(ConfigurationError);
    expect(() => registry.add('shop.#', 'placed' as never)).toThrow('The handler for "shop.#" is not a function.');
    expect(registry.patterns).toEqual([]);
  });

  it('refuses to begin without a handler', () => {
    expect(() => createHandlerRegistry(known).check()).toThrow('The consumer has no handlers');
  });

  it('refuses to begin with a pattern that matches nothing, and suggests what was meant', () => {
    const registry = createHandlerRegistry(known);
    registry.add('shop.order.*', first);
    registry.check();
    registry.add('shop.order.place', first);
    expect(() => registry.check()).toThrow('matches the pattern "shop.order.place". Did you mean "shop.order.placed"?');
  });
});
