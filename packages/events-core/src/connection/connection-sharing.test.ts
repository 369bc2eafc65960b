import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { settled } from '../ports/test-clock.test-support.ts';
import type { Broker } from './broker.ts';
import { connectionOf, openConnection, own } from './connection.ts';
import { fakeAdapter } from './fake-adapter.test-support.ts';
import { setUp, borrow } from './connection.test-support.ts';

describe('a bare adapter', () => {
  it('has one connection, which everything that is given the adapter finds', () => {
    const adapter = fakeAdapter();
    const connection = connectionOf(adapter);
    borrow(connection, adapter, 'publisher');
    expect(connectionOf(adapter)).toBe(connection);
  });

  it('is told from a promise of a broker', () => {
    expect(() => connectionOf(Promise.resolve(fakeAdapter()) as never)).toThrow('await connectBroker() first');
  });

  it('is free as long as nothing has borrowed it', () => {
    const adapter = fakeAdapter();
    connectionOf(adapter);
    expect(() => openConnection(adapter, {}, { closedBy: 'owner' })).not.toThrow();
    expect(() => openConnection(adapter, {}, { closedBy: 'owner' })).toThrow('in use already');
  });

  it('is closed by its last borrower, once', async () => {
    const { adapter, connection } = setUp({}, 'borrowers');
    const first = borrow(connection, adapter, 'publisher');
    const second = borrow(connection, adapter, 'consumer');
    await connection.giveBack(first);
    await connection.giveBack(first);
    expect(adapter.calls).toEqual([]);
    await connection.giveBack(second);
    expect(adapter.calls).toEqual(['close']);
  });
});

describe('a broker', () => {
  it('lends its connection, and keeps it when the last borrower has left', async () => {
    const { adapter, connection } = setUp();
    const broker = { adapter } as unknown as Broker;
    own(broker, connection);
    expect(connectionOf(broker)).toBe(connection);
    await connection.giveBack(borrow(connection, adapter, 'publisher'));
    await settled();
    expect(adapter.calls).toEqual([]);
  });

  it.each([undefined, null, 'amqp://me:hunter2@broker', {}])(
    'cannot be %o, and the error does not show it',
    (broker) => {
      let error: unknown;
      try {
        connectionOf(broker as never);
      } catch (thrown) {
        error = thrown;
      }
      expect(ConfigurationError.isInstance(error)).toBe(true);
      expect(String(error)).toContain('broker must be what connectBroker() returned, or an adapter such as memory()');
      expect(String(error)).not.toContain('hunter2');
    },
  );

  it('is not made of an adapter that is in use, or that speaks another version of the contract', () => {
    const { adapter } = setUp();
    expect(() => openConnection(adapter, {}, { closedBy: 'owner' })).toThrow('This adapter is in use already');
    const older = { ...fakeAdapter(), contractVersion: 0 as never };
    expect(() => openConnection(older, {}, { closedBy: 'owner' })).toThrow(
      'speaks contract version 0, this core speaks version 1',
    );
  });
});
