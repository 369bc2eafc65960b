import { startProgram, type RunningProgram } from '../bench/program.ts';
import type { Clause } from '../clause.ts';
import type { ProgramAccess } from '../harness.ts';
import { equal } from '../verdict.ts';

const cycles = 50;

export const S5: Clause = {
  id: 'S5',
  title: 'leaves no socket, timer or listener behind after 50 open and close cycles, and the process exits by itself',
  patienceS: 300,
  async run(bench) {
    const program = startProgram(new URL('./s5-cycles-program', import.meta.url), {
      access: bench.program,
      given: { type: bench.typeIn('cycles'), group: bench.group(), cycles },
    });
    try {
      await bench.time.outside(cyclesThenEnd(program, bench.program));
    } finally {
      program.kill();
    }
  },
};

async function cyclesThenEnd(program: RunningProgram, { clientNoise }: ProgramAccess): Promise<void> {
  await program.until((lines) => lines.some(({ say }) => say === 'after'), 240_000, `${cycles} cycles are done`);
  const said = (what: string) => program.lines.find(({ say }) => say === what);
  const { code, signal } = await program.end(5_000);
  equal(said('handled')?.['count'], cycles, 'events handled, one in each cycle');
  equal(said('after')?.['resources'], said('before')?.['resources'], 'sockets and timers of the process');
  equal(said('after')?.['listeners'], said('before')?.['listeners'], 'listeners on the process');
  const warnings = said('after')?.['warnings'] as readonly string[];
  const own = warnings.flatMap((text) => text.split('\n')).filter((line) => clientNoise?.test(line) !== true);
  equal(own, [], 'warnings of Node, such as too many listeners');
  equal({ code, signal }, { code: 0, signal: null }, 'how the process ended by itself');
}
