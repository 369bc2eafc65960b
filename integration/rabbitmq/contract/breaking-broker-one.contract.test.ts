/** Clauses that stop, kill and pause the broker, one after another on a broker of their own. */
import { describeBrokerContract } from '@payments/events-contract-tests';
import { afterAll } from 'vitest';
import { breakingBroker } from './clause-files.ts';
import { rabbitmqHarness } from '../lab/harness.ts';

const { harness, close } = rabbitmqHarness('own');
afterAll(close);

describeBrokerContract('RabbitMQ', harness, { only: breakingBroker.one });
