/**
 * A day of payments, published and handled before your eyes: `pnpm demo [configuration file] [--cook-the-books]`.
 *
 * Without a file it runs on the memory broker and needs nothing. With `--cook-the-books` the ledger keeps a minor unit of
 * each refund to itself, and the check at the end finds out.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EventsError } from '@payments/events-core';
import { runDemo } from './run-demo.ts';
import { createShow } from './show.ts';

const { values, positionals } = parseArgs({
  options: { 'cook-the-books': { type: 'boolean' } },
  allowPositionals: true,
});
const colourless = (process.env['NO_COLOR'] ?? '') !== '';
const show = createShow(console.log, process.stdout.isTTY && !colourless);

try {
  const passed = await runDemo({
    configPath: positionals[0] ?? join(import.meta.dirname, 'payment_config.json'),
    show,
    dayMs: 4_600,
    cookTheBooks: values['cook-the-books'] ?? false,
  });
  process.exitCode = passed ? 0 : 1;
} catch (error) {
  // The library's errors say what to do; a stack trace would only hide it.
  if (!EventsError.isInstance(error)) throw error;
  show.bad(error.message);
  process.exitCode = 1;
}
