/** The documentation against the code: nothing named in it may be missing, nothing that must stand in it may be left out. */
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  anchors,
  documents,
  filesOf,
  lastCell,
  plain,
  prose,
  relativeLinks,
  root,
  rowOf,
  section,
  textOf,
} from './docs/documents.ts';
import { documentedNumbers } from './docs/documented-numbers.ts';
import { documentedOptions } from './docs/documented-options.ts';
import { interfaceMembers } from './docs/interface-members.ts';
import { hasTitle, readInvariants } from './docs/invariants.ts';

const core = 'packages/events-core/src';
const clauseIds = [...textOf('packages/events-contract-tests/src/clause-ids.ts').matchAll(/'([A-Z]\d+)'/g)].map(
  ([, id]) => id ?? '',
);
const exists = (file: string) => existsSync(join(root, file));

describe('the documents', () => {
  test.each(documents)('every link in %s leads somewhere', (document) => {
    const text = textOf(document);
    const broken = relativeLinks(text).filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? document : normalize(join(dirname(document), path));
      if (!exists(target)) return true;
      return anchor !== undefined && !anchors(textOf(target)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  test.each(documents)('every file that %s names exists', (document) => {
    const spans = [...prose(textOf(document)).matchAll(/`([^`\s]+)`/g)].map(([, span = '']) => span);
    const paths = spans.filter((span) =>
      /^(packages|examples|integration|benchmarks|scripts|docs)\/[\w./-]+$/.test(span),
    );
    expect(paths.filter((path) => !exists(path))).toEqual([]);
  });

  test.each(documents)('every command in %s is a script', (document) => {
    const { scripts } = JSON.parse(textOf('package.json')) as { readonly scripts: object };
    const commands = [...textOf(document).matchAll(/pnpm@[\d.]+ (?:run )?([\w:-]+)/g)].map(
      ([, command = '']) => command,
    );
    expect(commands.filter((command) => !Object.hasOwn(scripts, command))).toEqual([]);
  });

  test('every decision has a number of its own, one after another', () => {
    const numbers = filesOf('docs/decisions/*.md').map((file) => file.slice('docs/decisions/'.length).slice(0, 4));
    expect(numbers).toEqual(numbers.map((_, index) => String(index + 1).padStart(4, '0')));
  });
});

describe('invariants.md', () => {
  const invariants = readInvariants(textOf('docs/invariants.md'));

  test('numbers its promises one after another', () => {
    expect(invariants.map(({ id }) => id)).toEqual(invariants.map((_, index) => `I-${index + 1}`));
    expect(invariants.length).toBeGreaterThan(50);
  });

  test.each(invariants)('$id has a guard that exists', ({ tests, clauses }) => {
    expect(tests.length + clauses.length).toBeGreaterThan(0);
    expect(clauses.filter((clause) => !clauseIds.includes(clause))).toEqual([]);
    const missing = tests.flatMap(({ file, titles }) => {
      if (!exists(file) || titles.length === 0) return [file];
      return titles.filter((title) => !hasTitle(textOf(file), title)).map((title) => `${file} › ${title}`);
    });
    expect(missing).toEqual([]);
  });

  test('every clause of the contract guards a promise', () => {
    const named = new Set(invariants.flatMap(({ clauses }) => clauses));
    expect(clauseIds.filter((id) => !named.has(id))).toEqual([]);
  });
});

describe('errors.md', () => {
  const text = textOf('docs/errors.md');
  const codes = filesOf(`${core}/errors/*.ts`).flatMap((file) =>
    [...textOf(file).matchAll(/static readonly code = '(\w+)'/g)].map(([, code = '']) => code),
  );

  test('has every error code of core, and no other', () => {
    expect(codes.length).toBeGreaterThan(10);
    expect([...text.matchAll(/^## (EVENTS_\w+)$/gm)].map(([, code]) => code)).toEqual(codes.toSorted());
  });

  test.each(codes)('%s has meaning, cause, remedy and a row', (code) => {
    const entry = section(text, `## ${code}`);
    for (const part of ['**Meaning.**', '**Cause.**', '**Remedy.**']) expect(entry).toContain(part);
    expect(rowOf(text, code)).toBeDefined();
  });

  test('names every health problem', () => {
    const adapters = 'packages/events-{memory,rabbitmq,kafka}/src/**/*.ts';
    const sources = filesOf(`${core}/broker/measure-health.ts`, adapters).filter((file) => !file.includes('.test'));
    const problems = sources.flatMap((file) =>
      [...textOf(file).matchAll(/(?:\bcode: |return down\(\w+, )'([a-z-]+)'/g)].map(([, code = '']) => code),
    );
    expect(problems.length).toBeGreaterThan(8);
    expect(problems.filter((code) => !section(text, '## Health problems').includes(`\`${code}\``))).toEqual([]);
  });
});

describe('writing-an-adapter.md', () => {
  test.each([
    ['BrokerAdapter', `${core}/contract/adapter.ts`],
    ['AdapterSubscription', `${core}/contract/subscription.ts`],
    ['GroupSpec', `${core}/contract/subscription.ts`],
    ['SubscriptionSpec', `${core}/contract/subscription.ts`],
    ['Capabilities', `${core}/contract/capabilities.ts`],
    ['Backlog', `${core}/contract/backlog.ts`],
    ['AdapterRuntime', `${core}/contract/runtime.ts`],
    ['BrokerHarness', 'packages/events-contract-tests/src/harness.ts'],
    ['Timings', 'packages/events-contract-tests/src/harness.ts'],
    ['Lab', 'packages/events-contract-tests/src/harness.ts'],
    ['BrokerFaults', 'packages/events-contract-tests/src/faults.ts'],
  ])('explains every member of %s', (name, source) => {
    const code = [...textOf('docs/writing-an-adapter.md').matchAll(/`+([^`]+)`+/g)]
      .map(([, span = '']) => span)
      .join(' ');
    const members = interfaceMembers(textOf(source), name).map((member) => member.name);
    expect(members.length).toBeGreaterThan(0);
    expect(members.filter((member) => !new RegExp(`\\b${member}\\b`).test(code))).toEqual([]);
  });
});

describe('option tables', () => {
  test.each(documentedOptions)(
    'every member of %s stands with its default in %s, %s',
    (name, source, document, heading) => {
      const members = interfaceMembers(textOf(source), name).filter((member) => member.name !== 'broker_type');
      expect(members.length).toBeGreaterThan(0);
      const table = section(textOf(document), heading);
      const wrong = members.filter((member) => {
        const row = rowOf(table, member.name);
        return row === undefined || (member.fallback !== undefined && plain(lastCell(row)) !== plain(member.fallback));
      });
      expect(wrong).toEqual([]);
    },
  );

  test('the capabilities of the memory broker are those of its code', () => {
    const source = textOf('packages/events-memory/src/capabilities.ts');
    const settings = textOf('packages/events-memory/src/server/server-options.ts');
    const constant = /deduplicationWindowMs = ([\d_]+)/.exec(settings)?.[1] ?? '';
    const values = [...source.matchAll(/^ {2}(\w+)(?:: (.+))?,$/gm)].map(
      ([, name = '', value = constant]) => [name, value] as const,
    );
    expect(values).toHaveLength(interfaceMembers(textOf(`${core}/contract/capabilities.ts`), 'Capabilities').length);
    const table = section(textOf('packages/events-memory/README.md'), '## Guarantees');
    expect(values.filter(([name, value]) => !plain(rowOf(table, name) ?? '').includes(`| ${plain(value)} |`))).toEqual(
      [],
    );
  });

  test('every reason for a dead letter is explained', () => {
    const union = /type DeadLetterReason =([^;]+);/.exec(textOf(`${core}/consume/settle.ts`))?.[1] ?? '';
    const reasons = [...union.matchAll(/'([a-z-]+)'/g)].map(([, reason = '']) => reason);
    expect(reasons.length).toBeGreaterThan(5);
    const table = section(textOf('packages/events-core/README.md'), '## When it fails');
    expect(reasons.filter((reason) => rowOf(table, reason) === undefined)).toEqual([]);
  });
});

describe('numbers', () => {
  test.each(documentedNumbers)('what %s says of %s stands in %s', (source, name, document, phrase) => {
    const number = new RegExp(`\\b${name} = ([\\d_]+)`).exec(textOf(source))?.[1];
    expect(number, `${name} in ${source}`).toBeDefined();
    expect(textOf(document).replaceAll(/\s+/g, ' ')).toContain(phrase(Number(number?.replaceAll('_', ''))));
  });
});

describe('packages', () => {
  const packages = filesOf('packages/*/package.json').map((file) => dirname(file));
  const everything = documents.map(textOf).join('\n');

  test.each(packages)('the README of %s has the headings every package has', (folder) => {
    const headings = [...prose(textOf(`${folder}/README.md`)).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual([
      'Install',
      'Use',
      'Options',
      'Guarantees',
      'Topology it creates',
      'When it fails',
      'Limits',
    ]);
  });

  test.each(packages)('everything %s exports at run time is mentioned in a document', (folder) => {
    const source = textOf(`${folder}/src/index.ts`);
    const names = [...source.matchAll(/^export \{([^}]+)\}/gm)]
      .flatMap(([, list = '']) => list.split(','))
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type '));
    expect(names.length).toBeGreaterThan(2);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(everything))).toEqual([]);
  });

  test('the README says which packages there are', () => {
    const table = section(textOf('README.md'), '## Brokers');
    for (const broker of ['memory', 'rabbitmq', 'kafka', 'redis', 'nats']) {
      const row = rowOf(table, `@payments/events-${broker}`);
      expect(row, broker).toContain(exists(`packages/events-${broker}`) ? '| yes |' : '| not yet |');
    }
  });
});
