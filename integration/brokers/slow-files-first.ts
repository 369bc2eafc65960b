import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * What takes minutes: a file that begins last and takes long keeps everybody waiting. Those that work more than they wait
 * (without faults: dozens of clauses at once) stand apart from each other.
 */
const slow = [
  'kafka/contract/without-faults',
  'contract/breaking-',
  'rabbitmq/contract/without-faults',
  'crash-rounds',
  'cluster/',
  'scale-out',
  'own-broker',
  'container',
  'demo',
];

/** Begins the slow suites first. Their durations are not known on a machine that has never run them. */
export class SlowFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const found = slow.findIndex((part) => moduleId.includes(part));
      return found < 0 ? slow.length : found;
    };
    return files.toSorted((one, other) => rank(one) - rank(other) || one.moduleId.localeCompare(other.moduleId));
  }
}
