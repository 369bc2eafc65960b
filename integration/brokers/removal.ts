/** Removes containers by their labels. Used by the watchdog too, so it knows only Node.js and Docker's command line. */
import { docker, run } from './docker.ts';
import { holderLabel, isGone, type Labels } from './holder.ts';

/** Removes what a holder has left, with its volumes. Resolves to how many there were. */
export async function removeContainersOf(holder: string): Promise<number> {
  return remove(await idsWith(`${holderLabel}=${holder}`));
}

/** Removes what runs have left whose process is gone: crashed together with its watchdog, or ended by a reboot. */
export async function removeLeftovers(): Promise<number> {
  const ids = await idsWith(holderLabel);
  if (ids.length === 0) return 0;
  // One of them may have been removed by its own watchdog since; the answer then still holds the others.
  const { stdout } = await run('docker', ['inspect', '--format', '{{.Id}} {{json .Config.Labels}}', ...ids], 30_000);
  const gone = stdout
    .split('\n')
    .filter((line) => line !== '' && isGone(JSON.parse(line.slice(line.indexOf(' '))) as Labels))
    .map((line) => line.slice(0, line.indexOf(' ')));
  return remove(gone);
}

async function idsWith(label: string): Promise<readonly string[]> {
  const lines = await docker(['ps', '--all', '--quiet', '--no-trunc', '--filter', `label=${label}`]);
  return lines.split('\n').filter((line) => line !== '');
}

async function remove(ids: readonly string[]): Promise<number> {
  // An engine may refuse while it is still busy with one, and `--force` passes over those that are gone already.
  if (ids.length > 0) await run('docker', ['rm', '--force', '--volumes', ...ids], 60_000);
  return ids.length;
}
