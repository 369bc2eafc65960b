/** Clauses without faults, beside each other on the broker of the run. */
import { describeClauses } from '../../contract/describe-clauses.ts';
import { rabbitmqHarness } from '../lab/harness.ts';
import { withoutFaults } from './clause-files.ts';

describeClauses('RabbitMQ', rabbitmqHarness('shared'), withoutFaults);
