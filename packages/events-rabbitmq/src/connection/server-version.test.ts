import { expect, test } from 'vitest';
import { cancelsAtTimeout, serverProblem } from './server-version.ts';

test.each([
  ['RabbitMQ', '4.0.5', false, undefined],
  ['RabbitMQ', '4.3.0-rc.1', false, undefined],
  ['RabbitMQ', '3.13.7', false, /tested with RabbitMQ 4.0/],
  ['RabbitMQ', '3.13.7', true, undefined],
  ['RabbitMQ', '3.9.29', true, /at least RabbitMQ 3.10/],
  ['RabbitMQ', 'next', false, /not tested/],
  ['LavinMQ', '2.1.0', false, /not tested/],
  ['LavinMQ', '2.1.0', true, undefined],
])('%s %s, unverified allowed: %s', (product, version, allowed, problem) => {
  const found = serverProblem({ product, version }, allowed);
  if (problem === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(problem);
});

test.each([
  ['4.2.7', false],
  ['4.3.0-rc.1', true],
  ['4.10.0', true],
  ['5.0.0', true],
  ['next', false],
])('%s cancels a consumer at a timeout: %s', (version, cancels) => {
  expect(cancelsAtTimeout({ version })).toBe(cancels);
});
