import { fail, some } from '../verdict.ts';
import type { Intent, Run } from './entries.ts';
import type { Ledger } from './ledger.ts';

/** What is promised for one group. Everything not said here is promised in full: no loss, no phantom, no change, no duplicate. */
export interface Expectation {
  /** Which of the intents this group is to have. @default all */
  readonly of?: (intent: Intent) => boolean;
  /** Ids that lie in the group's dead letters, read by the probe. */
  readonly dead: ReadonlySet<string>;
  /** How many runs too many are allowed, and why. @default 0 */
  readonly duplicates?: { readonly atMost: number; readonly because: string };
  /** Events of one type's topic and key start in the order of their publish calls, each after the one before has ended. */
  readonly inOrder?: boolean;
}

/** @throws {VerdictError} naming every promise that was broken, with the first few events of each. */
export function judge(ledger: Ledger, group: string, expectation: Expectation): void {
  const { of = () => true, dead, duplicates } = expectation;
  const handled = ledger.handled(group);
  const expected = ledger.intents.filter(of);
  const intended = new Set(expected.map(({ id }) => id));
  const runs = ledger.runsOf(group);

  const lost = expected.filter(({ id }) => ledger.fateOf(id) === 'accepted' && !handled.has(id) && !dead.has(id));
  const phantom = [...new Set(runs.map(({ id }) => id))].filter((id) => !intended.has(id));
  const tooMany = [...intended].flatMap((id) => surplus(ledger.runsOf(group, id)));
  const corrupt = ledger.corruptions.filter((text) => text.startsWith(`${group}: `));
  const misordered = expectation.inOrder === true ? disorders(ledger, group, expected) : [];

  const broken: string[] = [];
  if (lost.length > 0)
    broken.push(
      `lost ${some(
        lost.map(({ id }) => id),
        'event',
      )} (acknowledged, neither handled nor dead)`,
    );
  if (phantom.length > 0) broken.push(`phantom ${some(phantom, 'event')} (handled, never published to it)`);
  if (corrupt.length > 0) broken.push(`corrupt ${some(corrupt, 'event')}`);
  if (tooMany.length > (duplicates?.atMost ?? 0)) {
    const allowed =
      duplicates === undefined ? 'none is allowed' : `${duplicates.atMost} allowed: ${duplicates.because}`;
    broken.push(`duplicate ${some(tooMany, 'run')} (${allowed})`);
  }
  if (misordered.length > 0) broken.push(`misordered ${some(misordered, 'event')}`);
  if (broken.length > 0) fail(`group ${group}, ${expected.length} events meant: ${broken.join('; ')}`);
}

/** Runs beyond the one that was needed: failed ones are retries, cut ones are what a fault took back. */
function surplus(runs: readonly Run[]): string[] {
  const counted = runs.filter(({ end, redrives }) => (end === 'ok' || end === 'running') && redrives === 0);
  return counted.slice(1).map(({ id, consumer, attempt }) => `${id} (again by ${consumer}, attempt ${attempt})`);
}

/** Replays aside: each key's events start in publish order, and none starts before the one before it has succeeded or died. */
function disorders(ledger: Ledger, group: string, expected: readonly Intent[]): string[] {
  const lanes = new Map<string, Intent[]>();
  for (const intent of expected) {
    if (intent.key === undefined) continue;
    const lane = JSON.stringify([topicOfType(intent.type), intent.key]);
    lanes.set(lane, [...(lanes.get(lane) ?? []), intent]);
  }
  const found: string[] = [];
  for (const lane of lanes.values()) {
    let before:
      | { readonly intent: Intent; readonly started: number; readonly succeeded: number | undefined }
      | undefined;
    for (const intent of lane) {
      const runs = ledger.runsOf(group, intent.id);
      const started = runs[0]?.startedAs;
      if (started === undefined) continue;
      if (before !== undefined && started < before.started) {
        found.push(`${intent.id} started before ${before.intent.id} of key ${intent.key}`);
      } else if (before?.succeeded !== undefined && started < before.succeeded) {
        found.push(`${intent.id} started before ${before.intent.id} of key ${intent.key} had ended`);
      }
      const succeeded = runs.find(({ end }) => end === 'ok')?.endedAs;
      if (before === undefined || started > before.started) before = { intent, started, succeeded };
    }
  }
  return found;
}

/** The first word that is not `payment`, as the design names topics. */
function topicOfType(type: string): string {
  return type.split('.').find((word) => word !== 'payment') ?? type;
}
