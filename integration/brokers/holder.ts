/**
 * Who holds a container: written on it as labels, so that another process can tell whether the holder still lives. This
 * file, like the watchdog, knows only Node.js.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export const holderLabel = 'payments-events.holder';
const labels = {
  host: 'payments-events.host',
  boot: 'payments-events.boot',
  processes: 'payments-events.processes',
  process: 'payments-events.process',
  since: 'payments-events.since',
} as const;

export type Labels = Readonly<Record<string, string>>;

/** What an image carries, so that nobody's labels come with it. */
export const noHolderLabels: Labels = Object.fromEntries(
  [holderLabel, ...Object.values(labels)].map((label) => [label, '']),
);

/** This process, as long as it lives. */
export const holder = randomUUID();

/** What every container of this process carries. */
export function holderLabels(pid = process.pid): Labels {
  return {
    [holderLabel]: holder,
    [labels.host]: hostname(),
    [labels.boot]: read('/proc/sys/kernel/random/boot_id'),
    [labels.processes]: processNamespace(),
    [labels.process]: String(pid),
    [labels.since]: startOf(pid),
  };
}

/**
 * Whether the process that these labels name is certainly gone. Of another machine, or another process namespace, which may
 * share this engine, nothing is certain.
 */
export function isGone(container: Labels): boolean {
  const mine = holderLabels();
  if ((container[holderLabel] ?? '') === '' || container[labels.host] !== mine[labels.host]) return false;
  if (container[labels.boot] !== mine[labels.boot]) return true;
  if (container[labels.processes] !== mine[labels.processes]) return false;
  const pid = Number(container[labels.process]);
  if (!isAlive(pid)) return true;
  // Another process may have its number by now.
  return container[labels.since] !== startOf(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process began, in the kernel's ticks; empty where the system has no /proc. */
function startOf(pid: number): string {
  // The second field, the program's name in parentheses, may hold anything.
  return read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')[19] ?? '';
}

function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
