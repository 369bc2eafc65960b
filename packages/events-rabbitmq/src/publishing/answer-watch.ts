import type { Clock } from '@payments/events-core';

/** Looks after answers that never come. */
export interface AnswerWatch {
  /** Something is owed from now on. */
  begin(): void;
  cancel(): void;
}

export interface AnswerWatchOptions {
  readonly clock: Clock;
  readonly silenceMs: number;
  /** How long an answer has been owed; undefined when none is. */
  owedMs(): number | undefined;
  /** Whether the broker has said that it does not answer now. */
  isExcused(): boolean;
  silent(): void;
}

/** One timer, set while something is owed and then left to run: most answers cost none. */
export function watchAnswers({ clock, silenceMs, owedMs, isExcused, silent }: AnswerWatchOptions): AnswerWatch {
  let cancel: (() => void) | undefined;

  function watch(afterMs: number): void {
    cancel = clock.schedule(afterMs, () => {
      cancel = undefined;
      const owed = owedMs();
      if (owed === undefined) return;
      if (owed >= silenceMs && !isExcused()) silent();
      else watch(Math.max(silenceMs - owed, shortestMs));
    });
  }

  return {
    begin() {
      if (cancel === undefined) watch(silenceMs);
    },
    cancel() {
      cancel?.();
      cancel = undefined;
    },
  };
}

const shortestMs = 100;
