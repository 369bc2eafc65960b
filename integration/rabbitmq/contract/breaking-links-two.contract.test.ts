/** Clauses that cut off, slow down and kill their own clients, on the broker of the run. */
import { describeBrokerContract } from '@payments/events-contract-tests';
import { afterAll } from 'vitest';
import { breakingLinks } from './clause-files.ts';
import { rabbitmqHarness } from '../lab/harness.ts';

const { harness, close } = rabbitmqHarness('shared');
afterAll(close);

describeBrokerContract('RabbitMQ', harness, { only: breakingLinks.two });
