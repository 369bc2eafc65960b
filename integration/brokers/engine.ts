/** The Docker engine of this machine: whether there is one, installing and starting it. */
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines, mustRun, run, type Say } from './docker.ts';
import type { EngineState } from './decide.ts';

const engineLog = join(tmpdir(), 'payments-events-dockerd.log');

/** Ubuntu does not know Debian's signatures by itself. */
const builderPackages = ['debootstrap', 'debian-archive-keyring'];

const answerTimeoutMs = 10_000;
const startTimeoutMs = 60_000;

export async function engineState(): Promise<EngineState> {
  const { exitCode, stderr } = await run('docker', ['version', '--format', '{{.Server.Version}}'], answerTimeoutMs);
  if (exitCode === 0) return 'running';
  if (/permission denied/i.test(stderr)) return 'refused';
  if ((process.env['DOCKER_HOST'] ?? '') !== '') return 'elsewhere';
  // On Linux the engine is a program beside its client; Docker Desktop brings both.
  if (process.platform === 'linux') return findProgram('dockerd') === undefined ? 'absent' : 'stopped';
  return findProgram('docker') === undefined ? 'absent' : 'stopped';
}

/** The path of a program, also of those that only root has on its path. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  return folders.flatMap((folder) => suffixes.map((suffix) => join(folder, name + suffix))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Installs packages of the distribution. @throws {Error} with what apt-get said. */
async function aptInstall(packages: readonly string[], say: Say): Promise<void> {
  // Lists may be missing or old on a machine that has just been made.
  say('apt-get update');
  await aptGet(['update']);
  say(`apt-get install ${packages.join(' ')}`);
  await aptGet(['install', '--yes', '--no-install-recommends', ...packages]);
}

function aptGet(args: readonly string[]): Promise<string> {
  const settings = ['DEBIAN_FRONTEND=noninteractive', 'apt-get', '--quiet=2', '-o', 'DPkg::Lock::Timeout=120'];
  return mustRun('env', [...settings, ...args], 600_000);
}

/** Installs what the first layer of the stand-in images is made with. */
export async function installBuilder(say: Say): Promise<void> {
  await aptInstall(builderPackages, say);
}

/** Installs the distribution's engine, with its client where that is a package of its own and none is there. */
export async function installEngine(say: Say): Promise<void> {
  await aptInstall(['docker.io', 'iptables', ...builderPackages], say);
  if (findProgram('docker') === undefined) await aptInstall(['docker-cli'], say);
}

/**
 * Starts the engine and leaves it running, because the images are in it. Resolves when it answers.
 *
 * @throws {Error} with its last words, when it does not answer in time.
 */
export async function startEngine(say: Say): Promise<void> {
  // The package may have started it.
  if (isStarting() && (await answers(15_000))) return;
  if (existsSync('/run/systemd/system')) {
    say('systemctl start docker');
    await mustRun('systemctl', ['start', 'docker'], startTimeoutMs);
    if (await answers(startTimeoutMs)) return;
    throw new Error('systemd has started docker, and it does not answer. Its log: journalctl -u docker');
  }
  if (await startDaemon([], say)) return;
  // Where the kernel lets nobody change packet filters, Docker's own proxy still publishes ports.
  if (/iptables|nftables|nf_tables/i.test(logEnd()) && (await startDaemon(['--iptables=false'], say))) return;
  throw new Error(`dockerd does not answer. The end of ${engineLog}:\n${logEnd()}`);
}

async function startDaemon(args: readonly string[], say: Say): Promise<boolean> {
  say(`dockerd ${args.join(' ')}, log in ${engineLog}; it is left running`.replace(' ,', ','));
  const log = openSync(engineLog, 'w');
  const daemon = spawn(findProgram('dockerd') ?? 'dockerd', [...args], {
    stdio: ['ignore', log, log],
    detached: true,
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin` },
  });
  let ended = false;
  daemon.once('exit', () => (ended = true));
  daemon.once('error', () => (ended = true));
  daemon.unref();
  return answers(startTimeoutMs, () => ended);
}

function isStarting(): boolean {
  try {
    process.kill(Number(readFileSync('/var/run/docker.pid', 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}

async function answers(timeoutMs: number, isOver = () => false): Promise<boolean> {
  const dueAt = performance.now() + timeoutMs;
  while (performance.now() < dueAt && !isOver()) {
    if ((await engineState()) === 'running') return true;
    await sleep(250);
  }
  return false;
}

function logEnd(): string {
  try {
    return lastLines(readFileSync(engineLog, 'utf8'), 15);
  } catch {
    return '(no log)';
  }
}
