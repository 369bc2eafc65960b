/** Builds stand-in images. What is built already is not built again. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docker, imageExists, mustRun, run, type Say } from '../brokers/docker.ts';
import { holder, holderLabels } from '../brokers/holder.ts';
import type { BrokerKind } from '../brokers/kinds.ts';
import { startWatchdog } from '../brokers/watchdog.ts';
import { buildBase, machineSettings } from './base-image.ts';
import { fetchKafkaJars } from './kafka-jars.ts';
import { baseTag, changesOf, recipesFolder, standInTag } from './recipe.ts';

/**
 * Builds what is missing of these images. Needs root, debootstrap and an engine that answers.
 *
 * @throws {Error} with what the tools said; what was complete before stays.
 */
export async function buildStandIns(kinds: readonly BrokerKind[], say: Say): Promise<void> {
  const missing: BrokerKind[] = [];
  for (const kind of kinds) {
    if (await imageExists(standInTag(kind))) say(`${kind}: ${standInTag(kind)} is there`);
    else missing.push(kind);
  }
  if (missing.length === 0) return;
  startWatchdog();
  // Fetching jars waits for the network, debootstrap for the disk.
  const jars = missing.includes('kafka') ? prepareKafka(say) : undefined;
  jars?.catch(() => {});
  if (!(await imageExists(baseTag))) await timed('base', say, (tell) => buildBase(tell));
  for (const kind of missing) await timed(kind, say, (tell) => build(kind, kind === 'kafka' ? jars : undefined, tell));
}

async function timed(name: string, say: Say, work: (say: Say) => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  await work((line) => say(`${name}: ${line}`));
  say(`${name}: built in ${Math.round((performance.now() - startedAt) / 1_000)} s`);
}

async function build(kind: BrokerKind, extra: Promise<string> | undefined, say: Say): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'payments-events-image-'));
  const name = `payments-events-build-${kind}-${holder.slice(0, 8)}`;
  try {
    const labels = Object.entries(holderLabels()).flatMap(([label, value]) => ['--label', `${label}=${value}`]);
    // The network of the machine, so that its names and proxies mean the same inside.
    await docker(['create', '--name', name, '--network', 'host', ...labels, baseTag, 'sh', '-c', script]);
    const files = join(recipesFolder, kind, 'root');
    if (existsSync(files)) cpSync(files, join(folder, 'root'), { recursive: true });
    if (extra !== undefined) cpSync(await extra, join(folder, 'root/opt/kafka/libs'), { recursive: true });
    mkdirSync(join(folder, 'root/build'), { recursive: true });
    cpSync(join(recipesFolder, kind, 'install.sh'), join(folder, 'root/build/install.sh'));
    // As a tar that says root: the checkout may belong to another user.
    await mustRun(
      'sh',
      ['-c', 'tar -C "$1" --owner=0 --group=0 -c . | docker cp - "$2":/', 'sh', join(folder, 'root'), name],
      120_000,
    );
    say("apt-get install, from Debian's packages");
    await docker(['start', '--attach', name], 600_000);
    say(`docker commit ${standInTag(kind)}`);
    await docker(
      ['commit', ...changesOf(kind).flatMap((change) => ['--change', change]), name, standInTag(kind)],
      300_000,
    );
  } finally {
    await run('docker', ['rm', '--force', '--volumes', name], 60_000);
    rmSync(folder, { recursive: true, force: true });
    if (extra !== undefined) rmSync(await extra.catch(() => folder), { recursive: true, force: true });
  }
}

/** Around the recipe's own script: what each of them needs, and what none of them leaves. */
const script = `
set -eu
export DEBIAN_FRONTEND=noninteractive
chmod 755 /usr/local/bin/*  2>/dev/null || true
apt-get --quiet=2 update
sh /build/install.sh
apt-get clean
rm -rf /build /var/lib/apt/lists/* /var/cache/debconf/*-old ${machineSettings}
`;

async function prepareKafka(say: Say): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'payments-events-kafka-jars-'));
  await fetchKafkaJars(folder, (line) => say(`kafka: ${line}`));
  return folder;
}
