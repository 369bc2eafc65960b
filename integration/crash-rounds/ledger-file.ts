import { globSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from './entries.ts';

/** The ledger of one process, on disk. */
export interface LedgerFile {
  /** On return the line is with the operating system, which a SIGKILL of this process does not touch. */
  write(entry: Entry): void;
}

/** One file per life of a program, so that no life continues a line that the one before it left torn. */
export function openLedgerFile(folder: string, program: string): LedgerFile {
  const file = openSync(join(folder, `${program}.${Date.now()}-${process.pid}.jsonl`), 'a');
  return { write: (entry) => void writeSync(file, `${JSON.stringify(entry)}\n`) };
}

/** What all lives of the programs of that name have written so far, the oldest life first. @param program `*` for all */
export function readLedgerFiles(folder: string, program = '*'): readonly Entry[] {
  const files = globSync(`${program}.*.jsonl`, { cwd: folder }).toSorted();
  return files.flatMap((file) => entriesOf(readFileSync(join(folder, file), 'utf8')));
}

/** A kill may tear the last line: that entry was not made. At worst one acknowledgement of a life goes unjudged. */
function entriesOf(text: string): readonly Entry[] {
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Entry);
}

/** Microseconds on a clock that is the same in all processes of this machine and never goes back. */
export function microseconds(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}
