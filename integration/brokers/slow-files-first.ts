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

/**
 * Begins the slow suites first. Their durations are not known on a machine that has never run them. Brokers take turns:
 * clauses on one may keep both cores busy, while those on another wait.
 */
export class SlowFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const found = slow.findIndex((part) => moduleId.includes(part));
      return found < 0 ? slow.length : found;
    };
    const byName = files.toSorted((one, other) => one.moduleId.localeCompare(other.moduleId));
    const alike = Map.groupBy(byName, (file) => `${rank(file)} ${brokerOf(file)}`);
    const turn = new Map([...alike.values()].flatMap((some) => some.map((file, place) => [file, place] as const)));
    return byName.toSorted((one, other) => rank(one) - rank(other) || turn.get(one)! - turn.get(other)!);
  }
}

/** The folder of `integration/` that it lies in. */
function brokerOf({ moduleId }: TestSpecification): string | undefined {
  return /\/integration\/([^/]+)\//.exec(moduleId)?.[1];
}
