/** Clauses without faults, beside each other on the broker of the run. */
import { describeBrokerContract } from '@payments/events-contract-tests';
import { afterAll } from 'vitest';
import { withoutFaults } from './clause-files.ts';
import { rabbitmqHarness } from '../lab/harness.ts';

const { harness, close } = rabbitmqHarness('shared');
afterAll(close);

describeBrokerContract('RabbitMQ', harness, { only: withoutFaults });
