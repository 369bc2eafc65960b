import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest';
import { warningLogger } from './warning-logger.ts';

describe('warningLogger', () => {
  let write: MockInstance<typeof process.stderr.write>;
  const written = () => write.mock.calls.map(([text]) => text);

  beforeEach(() => {
    write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(() => write.mockRestore());

  it('is silent about what is merely interesting', () => {
    warningLogger.info({}, 'all is well');
    expect(written()).toEqual([]);
  });

  it('writes one line for a warning and one for an error', () => {
    warningLogger.warn({}, 'memory: connection lost');
    warningLogger.error({ err: new Error('no such queue') }, 'group ledger has stopped');
    expect(written()).toEqual([
      '[payments/events] warn: memory: connection lost\n',
      '[payments/events] error: group ledger has stopped (no such queue)\n',
    ]);
  });

  it('keeps to one line when the error has several, so that no error can forge a line', () => {
    warningLogger.warn({ err: new Error('bad\n[payments/events] warn: all is well\r\u001b[2J') }, 'failed');
    expect(written()).toEqual(['[payments/events] warn: failed (bad [payments/events] warn: all is well [2J)\n']);
  });

  it('takes credentials out of message and error', () => {
    warningLogger.warn({ err: new Error('password=hunter2') }, 'no answer from amqp://me:hunter2@broker');
    expect(written().join('')).not.toContain('hunter2');
  });
});
