/** The document of each broker: what it names has to exist. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root, section, textOf } from './docs/documents.ts';
import { hasTitle } from './docs/invariants.ts';

const clauseIds = [...textOf('packages/events-contract-tests/src/clause-ids.ts').matchAll(/'([A-Z]\d+)'/g)].map(
  ([, id]) => id ?? '',
);
const exists = (file: string) => existsSync(join(root, file));

const brokers = [
  { name: 'rabbitmq', hazard: 'R', hazards: 40, tests: 30, clauses: 15 },
  { name: 'kafka', hazard: 'K', hazards: 29, tests: 20, clauses: 15 },
] as const;

describe.each(brokers)('brokers/$name.md', ({ name, hazard, hazards, tests, clauses: leastClauses }) => {
  const text = textOf(`docs/brokers/${name}.md`);
  /** As the documents write them: from the root, from the adapter's package, or from the suites of the broker. */
  const pathOf = (file: string) =>
    [file, file.replace(/^src\//, `packages/events-${name}/src/`), `integration/${name}/${file}`].find(exists);

  test(`has a line for every hazard, ${hazard}1 to ${hazard}${hazards}`, () => {
    const found = [...section(text, '## Hazards').matchAll(/^\| ([A-Z]\d+) \|/gm)].map(([, id]) => id);
    expect(found).toEqual(Array.from({ length: hazards }, (_, index) => `${hazard}${index + 1}`));
  });

  test('names tests and clauses that exist', () => {
    const named = [...text.matchAll(/`([^`\n]+\.test\.ts) › ([^`\n]+)`/g)];
    expect(named.length).toBeGreaterThan(tests);
    const missing = named.filter(([, file = '', title = '']) => {
      const path = pathOf(file);
      return path === undefined || !hasTitle(textOf(path), title);
    });
    expect(missing.map(([span]) => span)).toEqual([]);
    const clauses = [...text.matchAll(/\b[Cc]lauses? ((?:[A-Z]\d+(?:, )?)+)/g)].flatMap(([, list = '']) =>
      list.split(', '),
    );
    expect(clauses.length).toBeGreaterThan(leastClauses);
    expect(clauses.filter((clause) => !clauseIds.includes(clause))).toEqual([]);
  });
});

describe('brokers/rabbitmq.md', () => {
  const text = textOf('docs/brokers/rabbitmq.md');

  test('shows the permissions that a test has granted', () => {
    const granted = textOf('integration/rabbitmq/bad-days/topology.test.ts');
    const patterns = [...text.matchAll(/set_permissions -p payments billing ('.+')$/gm)].flatMap(([, list = '']) =>
      [...list.matchAll(/'([^']+)'/g)].map(([, pattern = '']) => pattern.replaceAll('\\', '\\\\')),
    );
    expect(patterns).toHaveLength(9);
    expect(patterns.filter((pattern) => !granted.includes(`'${pattern}'`))).toEqual([]);
  });
});
