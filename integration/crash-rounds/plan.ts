/** Something that happens to a program. After a kill it is started again, after a pause it goes on. */
interface Blow {
  readonly target: Target;
  readonly kind: 'kill' | 'pause';
  /** Milliseconds until it is started again, or goes on. */
  readonly forMs: number;
}

type Target = 'publisher' | 'consumer-1' | 'consumer-2';

export interface Round {
  /** Milliseconds after the round before it. Not waited for: that a program is up. It may be killed while it starts. */
  readonly afterMs: number;
  readonly blows: readonly Blow[];
}

export interface PlanOptions {
  readonly seed: number;
  readonly rounds: number;
  /** The longest time between two rounds. */
  readonly longestMs: number;
  /** How long a process must be silent until the broker takes it for dead. One pause of each run is that long. */
  readonly silenceMs: number;
}

const consumers = ['consumer-1', 'consumer-2'] as const;

/** What will happen, all of it from the seed. */
export function planRounds({ seed, rounds, longestMs, silenceMs }: PlanOptions): readonly Round[] {
  const dice = createDice(seed);
  const longPauseIn = dice.between(1, 3);
  let elapsedMs = 0;
  let silent: { readonly target: Target; readonly untilMs: number } | undefined;

  return Array.from({ length: rounds }, (_, index) => {
    const afterMs = dice.between(longestMs / 4, longestMs);
    elapsedMs += afterMs;
    const standing = consumers.filter((target) => target !== silent?.target || elapsedMs > silent.untilMs);
    const consumer = standing[dice.between(0, standing.length - 1)] ?? 'consumer-1';
    if (index === longPauseIn) {
      silent = { target: consumer, untilMs: elapsedMs + silenceMs };
      return { afterMs, blows: [{ target: consumer, kind: 'pause', forMs: silenceMs }] };
    }
    const kill = (target: Target): Blow => ({ target, kind: 'kill', forMs: dice.between(0, 500) });
    const fate = dice.between(1, 10);
    if (fate <= 4) return { afterMs, blows: [kill(consumer)] };
    if (fate <= 6) return { afterMs, blows: [kill('publisher')] };
    if (fate <= 7) return { afterMs, blows: [kill('publisher'), kill(consumer)] };
    if (fate <= 9) return { afterMs, blows: standing.map(kill) };
    return { afterMs, blows: [{ target: consumer, kind: 'pause', forMs: dice.between(500, longestMs) }] };
  });
}

/** Mulberry32: the same numbers for the same seed. */
function createDice(seed: number): { between(least: number, most: number): number } {
  let state = seed;
  return {
    between(least, most) {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return Math.round(least + (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * (most - least));
    },
  };
}
