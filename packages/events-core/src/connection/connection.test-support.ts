import type { Logger } from '../contract/runtime.ts';
import { BrokerUnavailableError } from '../errors/broker-unavailable-error.ts';
import { openConnection, type Borrower, type Connection } from './connection.ts';
import { fakeAdapter, silentLogger, type FakeAdapter, type FakeAnswers } from './fake-adapter.test-support.ts';

export const never = new AbortController().signal;
export const away = () => new BrokerUnavailableError('no broker');

export function setUp(
  answers: FakeAnswers = {},
  closedBy: 'owner' | 'borrowers' = 'owner',
  logger: Logger = silentLogger,
) {
  const adapter = fakeAdapter(answers);
  return { adapter, connection: openConnection(adapter, { logger }, { closedBy }) };
}

export function borrow(connection: Connection, adapter: FakeAdapter, kind: Borrower['kind']): Borrower {
  const borrower: Borrower = {
    kind,
    async close() {
      (adapter.calls as string[]).push(`close ${kind}`);
      await connection.giveBack(borrower);
    },
  };
  connection.borrow(borrower);
  return borrower;
}
