import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { holder } from './holder.ts';

let watching = false;

/**
 * Starts, once per process, a process of its own that waits until this one is gone, however it ends, and removes its
 * containers then. To be called before the first container is created.
 */
export function startWatchdog(): void {
  if (watching) return;
  watching = true;
  // Its standard input closes with this process, also after SIGKILL. A session of its own keeps Ctrl-C away from it.
  const watchdog = spawn(process.execPath, [join(import.meta.dirname, 'watchdog-program.ts'), holder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watchdog.unref();
  (watchdog.stdin as unknown as { unref(): void }).unref();
}
