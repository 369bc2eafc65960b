/** The first layer of all stand-ins: a minimal Debian, made by debootstrap. */
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../brokers/engine.ts';
import { mustRun, run, type Say } from '../brokers/docker.ts';
import { aptSettings, thisMirror } from './debian-mirror.ts';
import { baseTag, recipesFolder, suite } from './recipe.ts';

/** Not /tmp, which is often too small, in memory, or closed to device files. */
const scratch = '/var/tmp';
const prefix = 'payments-events-base-';
/** With the machine's own settings for apt, which are of use only while packages are installed. */
export const machineSettings = '/etc/apt/apt.conf.d/90-machine';

/** @throws {Error} with what the tools said. */
export async function buildBase(say: Say): Promise<void> {
  await removeAbandoned();
  const folder = mkdtempSync(join(scratch, `${prefix}${process.pid}-`));
  try {
    // Without a mirror it takes the one that it knows.
    const mirror = thisMirror();
    const source = mirror === undefined ? [] : [mirror];
    say(`debootstrap ${suite} from ${mirror === undefined ? 'its own mirror' : "this machine's mirror"}`);
    await mustRun(
      findProgram('debootstrap') ?? 'debootstrap',
      ['--variant=minbase', '--force-check-gpg', suite, folder, ...source],
      600_000,
    );
    chmodSync(folder, 0o755);
    cpSync(join(recipesFolder, 'base/root'), folder, { recursive: true });
    chmodSync(join(folder, 'usr/sbin/policy-rc.d'), 0o755);
    writeFileSync(join(folder, machineSettings), await aptSettings());
    const certificates = '/etc/ssl/certs/ca-certificates.crt';
    if (mirror?.startsWith('https:') === true && existsSync(certificates)) {
      cpSync(certificates, join(folder, certificates), { recursive: true });
    }
    for (const waste of ['var/cache/apt/archives', 'usr/share/doc', 'usr/share/man', 'usr/share/locale'])
      empty(join(folder, waste));
    say(`docker import ${baseTag}`);
    await mustRun('sh', ['-c', 'tar -C "$1" -c . | docker import - "$2"', 'sh', folder, baseTag], 300_000);
  } finally {
    await remove(folder);
  }
}

function empty(folder: string): void {
  if (existsSync(folder)) for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
}

/** What a build that was cut short has left. */
async function removeAbandoned(): Promise<void> {
  for (const name of readdirSync(scratch).filter((entry) => entry.startsWith(prefix))) {
    const pid = name.slice(prefix.length).split('-')[0] ?? '';
    if (!existsSync(`/proc/${pid}`)) await remove(join(scratch, name));
  }
}

async function remove(folder: string): Promise<void> {
  // debootstrap mounts these, and leaves them where it is ended half way. Nothing may be removed through them.
  for (const mount of ['proc', 'sys']) await run('umount', [join(folder, mount)], 10_000);
  await mustRun('rm', ['--recursive', '--force', '--one-file-system', folder], 120_000);
}
