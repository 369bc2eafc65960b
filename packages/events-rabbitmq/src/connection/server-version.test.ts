import { expect, test } from 'vitest';
import { serverProblem } from './server-version.ts';

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
