/** Clauses that cut off, slow down and kill their own clients, on the broker of the run. */
import { describeClauses } from '../../contract/describe-clauses.ts';
import { kafkaHarness } from '../lab/harness.ts';
import { breakingLinks } from './clause-files.ts';

describeClauses('Kafka', kafkaHarness('shared'), breakingLinks.one);
