import type { Clause } from '../clause.ts';
import { runClause } from '../run-clause.ts';
import { VerdictError } from '../verdict.ts';
import { memoryHarness } from './lab/memory-harness.ts';
import type { Mutant } from './mutant.ts';

/** What became of a clause on an adapter. `broken` is neither verdict: the experiment itself went wrong. */
export type Finding =
  | { readonly kind: 'kept' }
  | { readonly kind: 'verdict'; readonly text: string }
  | { readonly kind: 'broken'; readonly text: string };

/** Runs a clause on the memory adapter as it is, or as the mutant has it. */
export async function put(clause: Clause, mutant?: Mutant): Promise<Finding> {
  const mutate = mutant === undefined ? {} : { mutate: mutant.mutate };
  try {
    await inRealTime(runClause(clause, memoryHarness({ clock: 'virtual', ...mutate })));
    return { kind: 'kept' };
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const [line = ''] = text.split('\n');
    return error instanceof VerdictError
      ? { kind: 'verdict', text: error.message.split('\n')[0] ?? '' }
      : { kind: 'broken', text: line };
  }
}

const hangsAfterMs = 20_000;

/** On virtual time all deadlines are virtual too; where even that stands still, this one does not. */
async function inRealTime<T>(work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`hangs: no end within ${hangsAfterMs} ms of real time`)),
    hangsAfterMs,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export interface Trial {
  readonly mutant: Mutant;
  readonly killed: boolean;
  /** The verdict that killed it, or why it counts as alive. */
  readonly text: string;
  readonly tookMs: number;
}

/**
 * A mutant is dead when its clause passes without it, gives a verdict against it, and another clause passes with it: it
 * is wrong in the one thing it says, not just broken.
 */
export async function tryMutant(
  mutant: Mutant,
  clause: Clause | undefined,
  sane: Finding | undefined,
  smoke: Clause,
): Promise<Trial> {
  const startedAt = performance.now();
  const trial = (killed: boolean, text: string): Trial => ({
    mutant,
    killed,
    text,
    tookMs: performance.now() - startedAt,
  });
  if (clause === undefined || sane === undefined) return trial(false, `there is no clause ${mutant.killedBy}`);
  if (sane.kind !== 'kept') return trial(false, `clause ${clause.id} does not pass without it: ${sane.text}`);
  const finding = await put(clause, mutant);
  if (finding.kind === 'kept') return trial(false, 'SURVIVED');
  if (finding.kind === 'broken') return trial(false, `died of no verdict: ${finding.text}`);
  const works = await put(smoke, mutant);
  if (works.kind !== 'kept') return trial(false, `is broken altogether, ${smoke.id} says: ${works.text}`);
  return trial(true, finding.text);
}
