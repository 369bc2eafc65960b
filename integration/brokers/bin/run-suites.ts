/**
 * `pnpm test:brokers`, and a step of `pnpm test`: runs the suites that need a broker. Where one cannot be had, says which
 * command is missing, and runs those of the others; in CI that is a failure. `--soak`, for `pnpm test:soak`, lets them run for
 * long; other arguments go to vitest: `pnpm test:brokers integration/rabbitmq/container.test.ts`.
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { prepareSuites, sayMissing } from '../suites.ts';

const { ready, missing } = await prepareSuites();
sayMissing(missing);
if (missing.some(({ fails }) => fails)) process.exitCode = 1;
if (ready.length > 0) {
  const words = process.argv.slice(2);
  const soak = words.includes('--soak') ? { EVENTS_SOAK: '1' } : {};
  const asked = words.filter((word) => word !== '--soak');
  const rest = asked.length === 0 && missing.length > 0 ? ready : asked;
  const forVitest = rest.length > 0 ? ['--', ...rest] : [];
  const { status, error } = spawnSync('turbo', ['run', 'test:brokers', '--continue', '--concurrency=1', ...forVitest], {
    stdio: 'inherit',
    // Suites start some hundred processes, each of which would compile the same sources again.
    env: { NODE_COMPILE_CACHE: resolve('node_modules/.cache/compiled'), ...process.env, ...soak },
  });
  if (error !== undefined) console.error(`turbo could not be run: ${error.message}`);
  if (status !== 0) process.exitCode = status ?? 1;
}
