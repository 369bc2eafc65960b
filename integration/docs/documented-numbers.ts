const core = 'packages/events-core/src';
const memory = 'packages/events-memory/src';
const memoryBounds = 'docs/decisions/0006-bounds-of-the-memory-broker.md';
const inboxClaims = 'docs/decisions/0007-inbox-claims-outlive-timeouts.md';
const waitingPublishes = 'docs/decisions/0004-waiting-publishes-are-bounded-in-bytes.md';

const grouped = (number: number) => number.toLocaleString('en-US');
const seconds = (number: number) => `${number / 1_000} s`;

/** Numbers that are no option's default: source, name there, document, and the phrase that states the number. */
export const documentedNumbers: readonly (readonly [string, string, string, (number: number) => string])[] = [
  [
    `${memory}/server/deduplication.ts`,
    'generationSize',
    'packages/events-memory/README.md',
    (most) => `the last ${grouped(most)} ids`,
  ],
  [`${memory}/server/deduplication.ts`, 'generationSize', memoryBounds, (most) => `${grouped(most)} ids`],
  [
    `${memory}/published.ts`,
    'mostRemembered',
    'packages/events-memory/README.md',
    (most) => `the last ${grouped(most)} messages`,
  ],
  [`${memory}/published.ts`, 'mostRemembered', memoryBounds, (most) => `the last ${grouped(most)} messages`],
  [
    `${memory}/server/idleness.ts`,
    'timeoutMs',
    'packages/events-memory/README.md',
    (ms) => `${grouped(ms)} ms of real time`,
  ],
  [`${memory}/server/idleness.ts`, 'patienceMs', 'packages/events-memory/README.md', (ms) => `(${ms} ms) of real time`],
  [`${memory}/server/idleness.ts`, 'patienceMs', 'docs/testing.md', (ms) => `given ${ms} ms of real time`],
  [`${core}/codec/json-text.ts`, 'maxNesting', 'docs/wire.md', (levels) => `at most ${levels} levels deep`],
  [
    `${core}/consume/create-consumer.ts`,
    'inboxGraceMs',
    'docs/errors.md',
    (ms) => `\`handlerTimeoutMs\` + ${seconds(ms)}`,
  ],
  [`${core}/consume/create-consumer.ts`, 'inboxGraceMs', inboxClaims, (ms) => `+ ${seconds(ms)}`],
  [`${core}/consume/settle.ts`, 'busyDelayMs', inboxClaims, (ms) => `comes again after ${seconds(ms)}`],
  [`${core}/broker/measure-backlog.ts`, 'backlogTimeoutMs', 'docs/errors.md', (ms) => `within ${seconds(ms)}`],
  [`${core}/broker/measure-health.ts`, 'healthTimeoutMs', 'docs/operations.md', (ms) => `within ${seconds(ms)}`],
  [
    `${core}/publish/create-publisher.ts`,
    'waitingOverheadBytes',
    waitingPublishes,
    (bytes) => `${bytes / 1_024} KiB for each`,
  ],
  [`${core}/publish/send-until.ts`, 'firstPauseMs', waitingPublishes, (ms) => `pauses ${ms} ms`],
  [`${core}/publish/send-until.ts`, 'longestPauseMs', waitingPublishes, (ms) => `up to ${seconds(ms)}`],
];
