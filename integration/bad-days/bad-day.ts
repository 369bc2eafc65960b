import { inspect } from 'node:util';
import { connectBroker, parseConfig, type Broker, type ConnectOptions } from '@payments/events-core';
import { expect } from 'vitest';

/** Says nothing: what a test has to see, it asks for. */
export const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** As an application does, from its configuration. */
export function connectWith(messaging: object, options: ConnectOptions = {}): Promise<Broker> {
  const config = parseConfig({ messaging });
  return connectBroker(config.messaging, { logger: silent, from: import.meta.dirname, ...options });
}

export interface Failure {
  readonly error: unknown;
  readonly tookMs: number;
}

/** What a call fails with, and after how long. @throws {Error} where it succeeds */
export async function failureOf(call: () => Promise<unknown>): Promise<Failure> {
  const startedAt = performance.now();
  let result: unknown;
  try {
    result = await call();
  } catch (error) {
    return { error, tookMs: performance.now() - startedAt };
  }
  throw new Error(`expected to fail, and came to ${inspect(result)}`);
}

/** Everything that a log could show of an error: text, stack, causes, hidden properties. */
export function expectNoSecret(error: unknown, ...secrets: readonly string[]): void {
  const shown = `${inspect(error, { depth: null, showHidden: true })} ${JSON.stringify(error)} ${String(error)}`;
  for (const secret of secrets) expect(shown).not.toContain(secret);
}
