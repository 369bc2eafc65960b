import { startProgram, type ProgramLine, type RunningProgram } from '../bench/program.ts';
import { testEvents } from '../bench/test-event.ts';
import type { Clause } from '../clause.ts';
import { between, equal, holds, some } from '../verdict.ts';

/** The program's handlers take 50 ms and it drains for at most this long. */
const drainTimeoutMs = 5_000;

export const S3: Clause = {
  id: 'S3',
  title: 'ends a process under flow with exit code 0 in time after SIGTERM; nothing is lost, nothing handled twice',
  async run(bench) {
    const { time, timings } = bench;
    const type = bench.typeIn('flow');
    const group = bench.group();
    const program = startProgram(new URL('./s3-sigterm-program', import.meta.url), {
      access: bench.program,
      given: { type, group, drainTimeoutMs },
    });
    try {
      await time.outside(underFlowUntilTerminated(program));
    } finally {
      program.kill();
    }
    const accepted = idsOf(program.lines, 'accepted');
    const handled = idsOf(program.lines, 'handled');
    equal(handled.length, new Set(handled).size, 'events the process handled, each once');
    equal(idsOf(program.lines, 'started').length, handled.length, 'events it had started and finished');

    const left = accepted.filter((id) => !handled.includes(id));
    if (bench.capabilities.keeps === 'process-lifetime') {
      // The broker ended with the process. What it still held then was counted there, last thing before the end.
      const kept = program.lines.find(({ say }) => say === 'left')?.['waiting'];
      equal(kept, left.length, 'events that were acknowledged, not handled, and still in the broker at the end');
      return;
    }
    const later: string[] = [];
    await bench.consume({
      group,
      events: testEvents([type]),
      patterns: [type],
      handle: ({ event }) => void later.push(event.id),
    });
    await time.until(
      () => left.every((id) => later.includes(id)),
      timings.flowAgainMs,
      () =>
        `nothing is lost: ${some(
          left.filter((id) => !later.includes(id)),
          'event',
        )}`,
    );
    await time.stays(
      () => later.every((id) => !handled.includes(id)),
      timings.leaseMs,
      'an event the process had finished was delivered again',
    );
    equal(later.length, new Set(later).size, 'events handled afterwards, each once');
  },
};

async function underFlowUntilTerminated(program: RunningProgram): Promise<void> {
  await program.until((lines) => idsOf(lines, 'handled').length >= 50, 30_000, 'it has handled 50 events');
  holds(idsOf(program.lines, 'started').length > 0, 'the process was under flow');
  program.send('SIGTERM');
  const { code, signal, tookMs } = await program.end(drainTimeoutMs + 10_000);
  equal({ code, signal }, { code: 0, signal: null }, 'how the process ended');
  between(tookMs, 0, drainTimeoutMs, 'milliseconds from SIGTERM to the end of the process');
}

function idsOf(lines: readonly ProgramLine[], say: string): readonly string[] {
  return lines.filter((line) => line.say === say).map(({ id }) => String(id));
}
