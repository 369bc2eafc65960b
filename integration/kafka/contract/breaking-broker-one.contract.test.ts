/** Clauses that stop, kill and pause the broker, one after another on a broker of their own. */
import { describeClauses } from '../../contract/describe-clauses.ts';
import { kafkaHarness } from '../lab/harness.ts';
import { breakingBroker } from './clause-files.ts';

describeClauses('Kafka', kafkaHarness('own'), breakingBroker.one);
