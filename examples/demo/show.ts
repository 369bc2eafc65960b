import { styleText } from 'node:util';
import type { Logger } from '@payments/events-core';

/** Plain lines, for a terminal and for the log of a CI alike; colours only where somebody looks. */
export interface Show {
  line(text?: string): void;
  heading(text: string): void;
  good(text: string): void;
  bad(text: string): void;
  /** Says everything a little to the right: between the rows of a table, for instance. */
  indented(): Show;
}

export function createShow(print: (line: string) => void, coloured: boolean): Show {
  const style = (format: 'bold' | 'green' | 'red', text: string): string =>
    coloured ? styleText(format, text, { validateStream: false }) : text;

  return {
    line: (text = '') => print(text),
    heading: (text) => print(`\n${style('bold', text)}`),
    good: (text) => print(`${style('green', '✓')} ${text}`),
    bad: (text) => print(`${style('red', '✗')} ${text}`),
    indented: () => createShow((line) => print(`    ${line}`), coloured),
  };
}

/** Shows what the library reports of its own accord: attempts that failed, dead letters, a connection that was lost. */
export function showingLogger(show: Show): Logger {
  return {
    info: (details, message) => show.line(`↻ ${withoutId(message, details)}${reasonIn(details)}`),
    warn(details, message) {
      const line = `${withoutId(message, details)}${reasonIn(details)}`;
      // A connection that is back is a warning to the library, and good news to whoever looks.
      if ('state' in details && details.state === 'found') show.good(line);
      else show.bad(line);
    },
    error: (details, message) => show.bad(`${withoutId(message, details)}${reasonIn(details)}`),
  };
}

/** An event's id would make the line longer than a terminal is wide. */
function withoutId(message: string, details: object): string {
  return 'id' in details ? message.replace(` ${String(details.id)}`, '') : message;
}

function reasonIn(details: object): string {
  const error: unknown = 'err' in details ? details.err : undefined;
  return typeof error === 'object' && error !== null && 'text' in error ? `: ${String(error.text)}` : '';
}

/** `1,234.50` for 123450 minor units of EUR; yen have no decimals. */
export function money(amount: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return (amount / 10 ** digits).toLocaleString('en', { minimumFractionDigits: digits });
}

/** `14:05`, in UTC. */
export function clockTime(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}
