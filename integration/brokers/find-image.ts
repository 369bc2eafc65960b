/** Whether an image is here or can be pulled, found out quickly and, where it cannot, remembered for the run. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { imageExists, type Say } from './docker.ts';

/** A registry that has not answered by then is not there. */
const answerTimeoutMs = 15_000;
/** The whole image, once a registry has answered. */
const pullTimeoutMs = 300_000;
/** One run of all tests looks in several processes. After that, the network may be another. */
const memoryMs = 30 * 60_000;
const memory = join(tmpdir(), 'payments-events-brokers', 'out-of-reach.json');

export async function findImage(image: string, say: Say): Promise<'here' | 'out-of-reach'> {
  if (await imageExists(image)) return 'here';
  const triedAt = recall()[image];
  if (triedAt !== undefined && Date.now() - triedAt < memoryMs && triedAt <= Date.now()) {
    say(`${image} could not be pulled ${Math.round((Date.now() - triedAt) / 1_000)} s ago`);
    return 'out-of-reach';
  }
  say(`docker pull ${image}`);
  const why = await pull(image);
  if (why === undefined) return 'here';
  say(`${image} cannot be pulled: ${why}`);
  remember(image);
  return 'out-of-reach';
}

/** Resolves to the reason why not. */
function pull(image: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    // A pull without its client is given up by the engine.
    const client = spawn('docker', ['pull', image], { stdio: ['ignore', 'pipe', 'pipe'] });
    let problem = '';
    let timer = setTimeout(
      () => giveUp(`no registry has answered within ${answerTimeoutMs / 1_000} s`),
      answerTimeoutMs,
    );
    const giveUp = (why: string) => {
      client.kill('SIGKILL');
      resolve(why);
    };
    client.stdout.once('data', () => {
      clearTimeout(timer);
      timer = setTimeout(() => giveUp(`not complete after ${pullTimeoutMs / 1_000} s`), pullTimeoutMs);
    });
    client.stderr.setEncoding('utf8').on('data', (text: string) => (problem += text));
    client.once('error', (error) => giveUp(error.message));
    client.once('close', (code) => {
      clearTimeout(timer);
      resolve(code === 0 ? undefined : problem.trim().split('\n').at(-1) || `docker pull ended with ${code}`);
    });
  });
}

function recall(): Readonly<Record<string, number>> {
  try {
    return JSON.parse(readFileSync(memory, 'utf8')) as Record<string, number>;
  } catch {
    return {};
  }
}

function remember(image: string): void {
  try {
    mkdirSync(dirname(memory), { recursive: true });
    writeFileSync(memory, JSON.stringify({ ...recall(), [image]: Date.now() }));
  } catch {
    // Another user's file: the next process waits once more.
  }
}
