import type { Handed, PartitionLog } from './partition-log.ts';
import { logOf, messageAt, type Stored } from './partition-log.test-support.ts';

/** What became of a commit: confirmed; stored, with the answer lost; or not stored. */
export type Outcome = 'confirmed' | 'stored' | 'lost';

/** A broker, its owners one after another, and the truth about every offset. */
export function createModel(offsets: readonly number[]) {
  const end = offsets.at(-1)! + 1;
  let stored: Stored = { offset: -1, metadata: null };
  let log: PartitionLog = logOf(stored);
  const out = new Set<Handed>();
  const settled = new Set<number>();
  /** Settled by the owner of now. */
  const settledHere = new Set<number>();
  /** Settled, as the broker has been told. */
  const told = new Set<number>();
  /** Times that an offset was out when its owner crashed. */
  const crashed = new Map<number, number>();
  /** Times that it was marked to be out alone when an owner began: the mark is stored before it is handed over. */
  const charged = new Map<number, number>();
  const known = new Map<number, number>();
  const faults: string[] = [];

  function check(holds: boolean, fault: string): void {
    if (!holds) faults.push(fault);
  }

  function checkStored({ offset, metadata }: Stored): void {
    check(Buffer.byteLength(metadata ?? '') <= 3_500, `metadata of ${metadata?.length} characters`);
    const skipped = offsets.filter((one) => one < offset && !settled.has(one));
    check(skipped.length === 0, `committed ${offset} past ${skipped.join()}`);
  }

  function checkHanded({ offset, unsettled }: Handed): void {
    const times = crashed.get(offset) ?? 0;
    check(unsettled >= times, `${offset} counted ${unsettled}, was out at ${times} crashes`);
    check(
      unsettled <= 2 + (charged.get(offset) ?? 0),
      `${offset} counted ${unsettled}, was alone ${charged.get(offset)} times`,
    );
    const before = known.get(offset) ?? 0;
    check(before < 2 || unsettled === before, `${offset} counted ${unsettled}, ${before} were known`);
    check(unsettled < 2 || out.size === 0, `suspect ${offset} handed over beside ${out.size}`);
    check(!told.has(offset), `${offset} again, though that it is settled was stored`);
  }

  /** The suspect that the broker believes to be out, with its count before that. */
  function storedSuspect(): readonly [number, number] | undefined {
    const { metadata } = stored;
    if (metadata?.startsWith('{') !== true) return undefined;
    return (JSON.parse(metadata) as { readonly s?: readonly [number, number] }).s;
  }

  let begunFrom: Stored | undefined;

  /** Also after a clean leave: if its last commit did not arrive, it was a crash to the next owner. */
  function begin(): void {
    const suspect = storedSuspect();
    // Read twice it is charged once.
    if (suspect !== undefined && begunFrom !== stored) {
      const [offset, count] = suspect;
      charged.set(offset, (charged.get(offset) ?? 0) + 1);
      known.set(offset, count + 1);
    }
    begunFrom = stored;
    out.clear();
    settledHere.clear();
    log = logOf(stored);
  }

  return {
    faults,
    get log() {
      return log;
    },
    get out() {
      return [...out];
    },
    get done() {
      return settled.size === offsets.length && stored.offset === end;
    },
    fetch(count: number) {
      const from = log.position;
      const some = offsets.filter((offset) => offset >= from).slice(0, count);
      if (some.length === 0) return;
      check(log.take(some.map(messageAt), { from, last: some.at(-1)! }), `refused a batch at ${from}`);
    },
    handOver() {
      if (log.readiness !== 'free' && !(log.readiness === 'alone' && out.size === 0)) return;
      const handed = log.handOver();
      checkHanded(handed);
      out.add(handed);
    },
    settle(at: number) {
      const handed = [...out][at % out.size];
      if (handed === undefined) return;
      out.delete(handed);
      settled.add(handed.offset);
      settledHere.add(handed.offset);
      log.settle(handed);
    },
    commit(say: 'run' | 'clean' | 'suspect', outcome: Outcome) {
      if (say === 'clean' && out.size > 0) return;
      if (say === 'suspect' && (log.readiness !== 'suspect' || out.size > 0)) return;
      const commitment = log.commitment(say);
      if (commitment === undefined || outcome === 'lost') return;
      checkStored(commitment);
      stored = commitment;
      for (const one of settledHere) told.add(one);
      if (outcome === 'confirmed') log.committed(commitment);
    },
    crash() {
      const suspect = storedSuspect();
      for (const { offset, unsettled } of out) {
        crashed.set(offset, (crashed.get(offset) ?? 0) + 1);
        check(unsettled < 2 || suspect?.[0] === offset, `suspect ${offset} was out without its mark`);
      }
      begin();
    },
    leave(outcome: Outcome) {
      for (const handed of out) log.release(handed);
      check(log.readiness === 'nothing' || log.readiness === 'wait' || out.size === 0, 'handing over after a release');
      out.clear();
      log.close();
      this.commit('clean', outcome);
      begin();
    },
  };
}
