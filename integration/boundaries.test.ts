/** The rules of `.oxlintrc.json` about who may import whom, each broken once on purpose. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const oxlint = join(root, 'node_modules/.bin/oxlint');

const belongs = 'A client library is imported only inside the adapter package it belongs to.';
const deep = 'Import the public entry of a package, never a file inside it.';
const reach = 'Import another package by its name, never by a path into its folder.';
const core =
  'Core knows no broker: besides its own files it imports zod, @standard-schema/spec, @opentelemetry/api and node: only.';
const coreTests =
  'Core knows no broker: besides its own files its tests import zod, @standard-schema/spec, @opentelemetry/api, node:, vitest and fast-check only.';
const contract = 'The contract stands alone: src/contract imports nothing from outside itself.';
const contractTests =
  'The contract tests know no adapter: they import @payments/events-core, vitest, fast-check, node: and their own files only.';
const contractProofs =
  'What proves the contract tests themselves imports @payments/events-core, @payments/events-memory, vitest, fast-check and node: only.';

const clients = { memory: undefined, rabbitmq: 'amqplib', kafka: 'kafkajs', redis: 'ioredis', nats: 'nats' };

interface Place {
  readonly file: string;
  readonly permitted: readonly string[];
  /** The forbidden imports, each with the message that must report it. */
  readonly forbidden: Readonly<Record<string, string>>;
}

function adapterPlaces([name, client]: [string, string | undefined]): Place[] {
  const others = Object.entries(clients).filter(([other]) => other !== name);
  const said = client === undefined ? '' : `, ${client}`;
  const own = client === undefined ? [] : [client];
  const forbiddenWith = (message: string) => ({
    ...Object.fromEntries(others.map(([other]) => [`@payments/events-${other}`, message])),
    ...Object.fromEntries(others.flatMap(([, library]) => (library === undefined ? [] : [[library, message]]))),
    '@payments/events-core/src/errors/redact.ts': message,
    zod: message,
    '../../events-core/src/index.ts': reach,
  });
  const source = `The ${name} adapter imports @payments/events-core${said}, node: and its own files only.`;
  const tests = `The ${name} adapter's tests import @payments/events-core, @payments/events-contract-tests${said}, node:, vitest and fast-check only.`;
  return [
    {
      file: `packages/events-${name}/src/adapter.ts`,
      permitted: ['@payments/events-core', ...own, 'node:timers/promises', './options.ts'],
      forbidden: { ...forbiddenWith(source), vitest: source, '@payments/events-contract-tests': source },
    },
    {
      file: `packages/events-${name}/src/adapter.test.ts`,
      permitted: ['@payments/events-core', '@payments/events-contract-tests', ...own, 'node:test', 'vitest', './a.ts'],
      forbidden: forbiddenWith(tests),
    },
  ];
}

function benchPlace(name: 'rabbitmq' | 'kafka'): Place {
  const own = clients[name];
  const only = `The ${name === 'kafka' ? 'Kafka' : 'RabbitMQ'} programs of the benchmark use no client library but ${own}.`;
  return {
    file: `benchmarks/${name}/tuned.ts`,
    permitted: ['@payments/events-core', `@payments/events-${name}`, own, 'node:net', './a.ts', '../a.ts'],
    forbidden: {
      [`@payments/events-${name}/src/index.ts`]: deep,
      [`../../packages/events-${name}/src/index.ts`]: reach,
      [own === 'kafkajs' ? 'amqplib' : 'kafkajs']: only,
      'ioredis/built/cluster': only,
      '@nats-io/jetstream': only,
    },
  };
}

const places: readonly Place[] = [
  {
    file: 'packages/events-core/src/consume/pipeline.ts',
    permitted: ['zod', '@standard-schema/spec', '@opentelemetry/api', 'node:crypto', './a.ts', '../contract/a.ts'],
    forbidden: {
      amqplib: core,
      kafkajs: core,
      ioredis: core,
      nats: core,
      '@payments/events-memory': core,
      '@payments/events-rabbitmq': core,
      '@payments/events-contract-tests': core,
      vitest: core,
      'zod/v3': core,
      '../../../events-memory/src/index.ts': reach,
    },
  },
  {
    file: 'packages/events-core/src/consume/pipeline.test.ts',
    permitted: ['zod', 'vitest', 'fast-check', 'node:crypto', './a.ts', '../contract/a.ts'],
    forbidden: {
      '@payments/events-memory': coreTests,
      amqplib: coreTests,
      '../../../events-nats/dist/index.js': reach,
    },
  },
  {
    file: 'packages/events-core/src/contract/adapter.ts',
    permitted: ['./delivery.ts'],
    forbidden: { '../errors/events-error.ts': contract, zod: contract, 'node:events': contract, amqplib: contract },
  },
  ...Object.entries(clients).flatMap(adapterPlaces),
  {
    file: 'packages/events-contract-tests/src/index.ts',
    permitted: ['@payments/events-core', 'vitest', 'vitest/node', 'fast-check', 'node:net', './a.ts', '../a.ts'],
    forbidden: {
      '@payments/events-memory': contractTests,
      '@payments/events-core/dist/index.js': contractTests,
      zod: contractTests,
      kafkajs: contractTests,
      '../../events-core/src/index.ts': reach,
    },
  },
  ...['memory.test.ts', 'bin/mutants.ts', 'mutants/acks-early.ts'].map((file) => ({
    file: `packages/events-contract-tests/src/${file}`,
    permitted: ['@payments/events-core', '@payments/events-memory', 'vitest', 'fast-check', 'node:net', './a.ts'],
    forbidden: {
      '@payments/events-rabbitmq': contractProofs,
      ioredis: contractProofs,
      '../../events-memory/src/index.ts': reach,
    },
  })),
  ...(['rabbitmq', 'kafka'] as const).map(benchPlace),
  // Truth is asked of a broker without the adapter that is under test.
  ...['integration/scenario.test.ts', 'integration/rabbitmq/truth.ts'].map((file) => ({
    file,
    permitted: [
      'amqplib',
      'kafkajs',
      'ioredis',
      'nats',
      '@nats-io/jetstream',
      'testcontainers',
      '@payments/events-core',
      '@payments/events-redis',
      '@payments/events-contract-tests/reporter',
      './a.ts',
    ],
    forbidden: {
      '@payments/events-core/src/index.ts': deep,
      '@payments/events-memory/dist/adapter.js': deep,
      '../packages/events-core/src/index.ts': reach,
      '../../packages/events-rabbitmq/src/index.ts': reach,
    },
  })),
  ...['examples/demo/main.ts', 'benchmarks/main.ts'].map((file) => ({
    file,
    permitted: [
      '@payments/events-core',
      '@payments/events-redis',
      '@payments/events-contract-tests/reporter',
      './a.ts',
    ],
    forbidden: {
      '@payments/events-core/src/index.ts': deep,
      '@payments/events-memory/dist/adapter.js': deep,
      '../packages/events-core/src/index.ts': reach,
      amqplib: belongs,
      'ioredis/built/cluster': belongs,
      '@nats-io/jetstream': belongs,
    },
  })),
];

/** Every way to name another module. */
const forms = [
  (module: string) => `import '${module}';`,
  (module: string) => `import { a } from '${module}';\nvoid a;`,
  (module: string) => `import type { A } from '${module}';\ntype B = A;\ndeclare const b: B;\nvoid b;`,
  (module: string) => `export * from '${module}';`,
  (module: string) => `export { a } from '${module}';`,
  (module: string) => `void import('${module}');`,
];

interface Diagnostic {
  readonly code: string;
  readonly message: string;
  readonly help?: string;
  readonly filename: string;
}

const folder = mkdtempSync(join(tmpdir(), 'payments-events-boundaries-'));
const cases: { place: Place; module: string; message: string | undefined; files: string[] }[] = [];
let diagnostics: readonly Diagnostic[] = [];

function writeCase(place: Place, module: string, message: string | undefined): void {
  const files = forms.map((form, index) => {
    const file = place.file.replace(/([\w-]+?)((?:\.test)?\.ts)$/, `$1-${cases.length}-${index}$2`);
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `${form(module)}\n`);
    return file;
  });
  cases.push({ place, module, message, files });
}

for (const place of places) {
  for (const module of place.permitted) writeCase(place, module, undefined);
  for (const [module, message] of Object.entries(place.forbidden)) writeCase(place, module, message);
}

beforeAll(() => {
  copyFileSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  const { stdout } = spawnSync(oxlint, ['--format', 'json'], { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 26 });
  ({ diagnostics } = JSON.parse(stdout) as { diagnostics: Diagnostic[] });
});

afterAll(() => rmSync(folder, { recursive: true }));

function reported(file: string): string[] {
  return diagnostics
    .filter(({ code, filename }) => filename === file && code.includes('no-restricted-imports'))
    .map(({ message, help }) => `${message} ${help ?? ''}`);
}

for (const place of places) {
  const own = cases.filter((one) => one.place === place);

  test(`${place.file} may import ${place.permitted.join(', ')}`, () => {
    const permitted = own.filter(({ message }) => message === undefined);
    expect(permitted.flatMap(({ files }) => files.flatMap(reported))).toEqual([]);
  });

  test(`${place.file} may not import ${Object.keys(place.forbidden).join(', ')}`, () => {
    const unreported = own
      .filter(({ message }) => message !== undefined)
      .flatMap(({ module, message, files }) => files.map((file) => ({ module, message: `${message}`, file })))
      .filter(({ message, file }) => !reported(file).join('\n').includes(message));
    expect(unreported).toEqual([]);
  });
}

test('every rule of the configuration is broken here', () => {
  const messages = [...readFileSync(join(root, '.oxlintrc.json'), 'utf8').matchAll(/"message": "(.*)"/g)];
  const broken = new Set(cases.map(({ message }) => message));
  expect(messages.map(([, message]) => message).filter((message) => !broken.has(message))).toEqual([]);
});

test('no source is exempt from the rules', () => {
  const sources = globSync('packages/*/src/**/*.ts', { cwd: root });
  const { stdout } = spawnSync(oxlint, ['--format', 'json', ...sources], { cwd: root, encoding: 'utf8' });
  expect(JSON.parse(stdout)).toMatchObject({ number_of_files: sources.length });
});
