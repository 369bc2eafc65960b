import { redact } from '../errors/redact.ts';
import { describeError } from '../errors/describe-error.ts';
import type { Logger } from '../contract/runtime.ts';

/** The library itself logs errors that are described already. */
function textOf(error: unknown): string {
  const described = typeof error === 'object' && error !== null && 'text' in error ? error.text : undefined;
  return typeof described === 'string' ? described : describeError(error).text;
}

function write(level: 'warn' | 'error', details: object, message: string): void {
  const error = 'err' in details && details.err !== undefined ? ` (${textOf(details.err)})` : '';
  // One line, whatever is in the error: nothing can forge a second one, or steer a terminal.
  const line = redact(message + error).replace(/\p{Cc}+/gu, ' ');
  process.stderr.write(`[payments/events] ${level}: ${line}\n`);
}

/** The default logger: silent but for one line on stderr when something is dead-lettered, or a broker is lost and found. */
export const warningLogger: Logger = {
  info: () => {},
  warn: (details, message) => write('warn', details, message),
  error: (details, message) => write('error', details, message),
};
