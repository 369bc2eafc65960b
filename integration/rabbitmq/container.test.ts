/** The containers that the broker suites stand on. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { docker, run } from '../brokers/docker.ts';
import { holderLabels } from '../brokers/holder.ts';
import { ownRabbitmqServer, rabbitmqServer, type OwnRabbitmqServer } from '../brokers/rabbitmq-server.ts';
import { speaks } from '../brokers/ready.ts';
import { removeLeftovers } from '../brokers/removal.ts';

const exists = async (id: string) => (await run('docker', ['inspect', '--format', 'x', id], 30_000)).exitCode === 0;
const answers = ({ host, port }: OwnRabbitmqServer) => speaks('rabbitmq', host, port);

test('the shared server speaks', async () => {
  const { host, port, url } = await rabbitmqServer();
  expect(await speaks('rabbitmq', host, port)).toBe(true);
  expect(new URL(url).pathname).toBe('');
});

describe('a server of its own', () => {
  let server: OwnRabbitmqServer;
  const say = (...words: string[]) => server.container.exec(words);
  const hosts = () => say('rabbitmqctl', '--quiet', 'list_vhosts');

  beforeAll(async () => {
    const content = 'vm_memory_high_watermark.absolute = 123MB\n';
    server = await ownRabbitmqServer({
      files: [{ path: '/etc/rabbitmq/conf.d/50-memory.conf', content }],
      ports: [5671],
    });
    await say('rabbitmqctl', 'add_vhost', 'kept');
  });
  afterAll(() => server.container.remove());

  test('reads the settings that were put into it, and publishes the ports that were asked for', async () => {
    expect(await say('rabbitmqctl', 'environment')).toContain('{absolute,"123MB"}');
    expect(server.container.hostPort(5671)).toBeGreaterThan(0);
    expect(() => server.container.hostPort(1)).toThrow('port 1 of the rabbitmq container is not published');
  });

  test('has the HTTP API', async () => {
    const headers = { authorization: `Basic ${btoa('guest:guest')}` };
    const response = await fetch(`${server.managementUrl}/api/overview`, { headers });
    expect(await response.json()).toMatchObject({ rabbitmq_version: expect.stringMatching(/^4\./) });
  });

  test('says what a command has printed, and how it failed', async () => {
    expect(await say('echo', 'one', 'two')).toBe('one two\n');
    await expect(say('sh', '-c', 'echo out; echo problem >&2; exit 3')).rejects.toThrow(/ended with 3: [\s\S]*problem/);
  });

  test('is not there while it is stopped or paused, and afterwards is there as before', async () => {
    await server.container.stop();
    expect(await answers(server)).toBe(false);
    await server.container.copyIn([{ path: '/etc/rabbitmq/conf.d/60-heartbeat.conf', content: 'heartbeat = 17\n' }]);
    await server.container.start();
    expect(await answers(server)).toBe(true);
    expect(await hosts()).toContain('kept');
    expect(await say('rabbitmqctl', 'environment')).toContain('{heartbeat,17}');
    await server.container.pause();
    expect(await answers(server)).toBe(false);
    await server.container.unpause();
    expect(await answers(server)).toBe(true);
  });

  test('is dead after a kill, and keeps its data and its port', async () => {
    await server.container.kill();
    expect(await answers(server)).toBe(false);
    await server.container.start();
    expect(await answers(server)).toBe(true);
    expect(await hosts()).toContain('kept');
  });

  test('is removed, in any state, once and again', async () => {
    await server.container.kill();
    await server.container.remove();
    await server.container.remove();
    expect(await exists(server.container.id)).toBe(false);
  });
});

describe('a process that ends', () => {
  test.each(['SIGKILL', 'SIGINT'] as const)('by %s takes its container with it', async (signal) => {
    const program = fork(join(import.meta.dirname, 'hold-container-program.ts'), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: ['--conditions=source'],
      // A group of its own, which Ctrl-C in a terminal signals as a whole.
      detached: true,
    });
    const early = once(program, 'exit').then(([code]) => Promise.reject(new Error(`it ended early, with ${code}`)));
    const [id] = (await Promise.race([once(program, 'message'), early])) as [string];
    early.catch(() => {});
    expect(await exists(id)).toBe(true);
    process.kill(-(program.pid ?? 0), signal);
    await expect.poll(() => exists(id), { timeout: 15_000, interval: 250 }).toBe(false);
  });

  test('together with its watchdog leaves a container that the next run removes, and no other', async () => {
    const image = await docker(['inspect', '--format', '{{.Config.Image}}', await anyContainer()]);
    const create = (labels: Readonly<Record<string, string>>) => {
      const options = Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]);
      return docker(['create', ...options, image]);
    };
    const gone = fork(join(import.meta.dirname, '../brokers/kinds.ts'));
    const labelsOfGone = holderLabels(gone.pid);
    await once(gone, 'exit');
    const left = await create(labelsOfGone);
    const held = await create(holderLabels());
    const foreign = await create({ ...labelsOfGone, 'payments-events.host': 'another-machine' });
    // The image was committed by a process that is gone as well.
    const plain = await create({});
    await removeLeftovers();
    expect(await Promise.all([left, held, foreign, plain].map(exists))).toEqual([false, true, true, true]);
    await docker(['rm', '--force', '--volumes', held, foreign, plain]);
  });
});

/** One that this process or its parent has started; with a given URL, one that it starts itself. */
async function anyContainer(): Promise<string> {
  const { container } = await rabbitmqServer();
  return (container ?? (await ownRabbitmqServer()).container).id;
}
