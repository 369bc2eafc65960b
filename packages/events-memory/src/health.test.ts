import { beforeEach, describe, expect, test } from 'vitest';
import { memory } from './adapter.ts';
import { createProcess, never, startProcess, type Process } from './process.test-support.ts';
import { memoryServer, type MemoryServer } from './server/server.ts';

let server: MemoryServer;

beforeEach(() => {
  server = memoryServer({ clock: 'virtual', leaseMs: 3_000 });
});

describe('health', () => {
  const status = async ({ broker }: Process) => {
    const { status: is, problems } = await broker.health();
    return [is, ...problems.map(({ code }) => code)];
  };

  test('is an answer of the broker, not an open connection', async () => {
    const unconnected = createProcess(memory({ server }));
    expect(await status(unconnected)).toEqual(['down', 'disconnected']);
    const process = await startProcess(server);
    expect(await status(process)).toEqual(['up']);
    for (const silence of ['to-broker', 'from-broker', 'both'] as const) {
      server.faults.link(process.broker).silence(silence);
      expect(await status(process)).toEqual(['down', 'no-answer']);
    }
    server.faults.link(process.broker).silence('none');
    server.faults.pause();
    expect(await status(process)).toEqual(['down', 'no-answer']);
    server.faults.unpause();
    expect(await status(process)).toEqual(['up']);
    server.faults.stop();
    expect(await status(process)).toEqual(['down', 'disconnected']);
    server.faults.start();
    await server.advance(2_000);
    expect(await status(process)).toEqual(['up']);
    await process.broker.close({ signal: never });
    expect(await status(process)).toEqual(['down', 'closed']);
  });

  test('is degraded while something is refused', async () => {
    const process = await startProcess(server);
    server.faults.refuseSends({ reason: 'other', retryable: true });
    server.faults.failDeadLetters(true);
    expect(await status(process)).toEqual(['degraded', 'refusing', 'dead-letters-unreachable']);
  });

  test('answers within two seconds of real time when nothing else does', async () => {
    const real = memoryServer();
    const process = await startProcess(real);
    real.faults.pause();
    const start = performance.now();
    expect(await status(process)).toEqual(['down', 'no-answer']);
    expect(performance.now() - start).toBeLessThan(2_000);
    real.faults.kill();
    await process.broker.close({ signal: never });
  });

  test('knows when something last moved', async () => {
    const process = await startProcess(server);
    const connectedAt = server.virtualClock?.now() ?? 0;
    server.faults.pause();
    await server.advance(500);
    expect((await process.broker.health()).lastProgressAt).toEqual(new Date(connectedAt));
    server.faults.unpause();
    expect((await process.broker.health()).lastProgressAt).toEqual(new Date(connectedAt + 500));
  });
});
