import { describeClauseFiles } from '../../contract/describe-clause-files.ts';
import { breakingBroker, breakingLinks, withoutFaults } from './clause-files.ts';

describeClauseFiles([breakingBroker, breakingLinks], withoutFaults);
