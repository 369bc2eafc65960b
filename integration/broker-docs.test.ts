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

describe('brokers/rabbitmq.md', () => {
  const text = textOf('docs/brokers/rabbitmq.md');

  test('has a line for every hazard, R1 to R40', () => {
    const hazards = [...section(text, '## Hazards').matchAll(/^\| (R\d+) \|/gm)].map(([, id]) => id);
    expect(hazards).toEqual(Array.from({ length: 40 }, (_, index) => `R${index + 1}`));
  });

  test('names tests and clauses that exist', () => {
    const named = [...text.matchAll(/`([^`\n]+\.test\.ts) › ([^`\n]+)`/g)];
    expect(named.length).toBeGreaterThan(30);
    const missing = named.filter(([, file = '', title = '']) => {
      const path = exists(file) ? file : `integration/rabbitmq/${file}`;
      return !exists(path) || !hasTitle(textOf(path), title);
    });
    expect(missing.map(([span]) => span)).toEqual([]);
    const clauses = [...text.matchAll(/\bclauses? ((?:[A-Z]\d+(?:, )?)+)/g)].flatMap(([, list = '']) =>
      list.split(', '),
    );
    expect(clauses.length).toBeGreaterThan(15);
    expect(clauses.filter((clause) => !clauseIds.includes(clause))).toEqual([]);
  });

  test('shows the permissions that a test has granted', () => {
    const granted = textOf('integration/rabbitmq/bad-days/topology.test.ts');
    const patterns = [...text.matchAll(/set_permissions -p payments billing ('.+')$/gm)].flatMap(([, list = '']) =>
      [...list.matchAll(/'([^']+)'/g)].map(([, pattern = '']) => pattern.replaceAll('\\', '\\\\')),
    );
    expect(patterns).toHaveLength(9);
    expect(patterns.filter((pattern) => !granted.includes(`'${pattern}'`))).toEqual([]);
  });
});
