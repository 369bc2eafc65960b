import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { becomes, hears, openProxiedEcho, within, type ProxiedEcho } from './proxied-echo.ts';
import { openTcpProxy } from './tcp-proxy.ts';

let server: ProxiedEcho['server'];
let proxy: ProxiedEcho['proxy'];
let open: ProxiedEcho['open'];
let talking: ProxiedEcho['talking'];

beforeEach(async () => {
  const echo = await openProxiedEcho();
  ({ server, proxy, open, talking } = echo);
  return echo.close;
});

describe('a proxy without faults', () => {
  test('carries every byte both ways, and the end', async () => {
    const client = await open();
    const sent = randomBytes(3_000_000);
    client.socket.end(sent);
    await becomes(client, 'ended');
    expect(client.heard().equals(sent)).toBe(true);
    await vi.waitFor(() => expect(proxy.open).toBe(0), within);
  });

  test('knows when clients came and what the first of them said', async () => {
    const before = Date.now();
    await talking();
    await talking();
    expect(proxy.attempts).toHaveLength(2);
    expect(proxy.attempts[0]).toBeGreaterThanOrEqual(before);
    expect([...proxy.firstBytes]).toEqual([...Buffer.from('a')]);
  });

  test('resets a client whose server is not there', async () => {
    await server.close();
    const client = await open();
    await becomes(client, 'ECONNRESET');
  });

  test('passes on a reset of the client', async () => {
    const client = await talking();
    client.socket.resetAndDestroy();
    await vi.waitFor(() => expect(server.sockets[0]!.destroyed).toBe(true), within);
  });

  test('reads no more than it can hold, so that the sender feels a server that does not read', async () => {
    const client = await talking();
    server.sockets[0]!.pause();
    const before = process.memoryUsage().arrayBuffers;
    const chunk = Buffer.alloc(65_536);
    for (let n = 0; n < 1_600; n += 1) client.socket.write(chunk);
    await vi.waitFor(() => expect(client.socket.writableNeedDrain).toBe(true), within);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(client.socket.writableLength).toBeGreaterThan(80_000_000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });

  test('can be closed twice, and is then gone', async () => {
    const client = await talking();
    await proxy.close();
    await proxy.close();
    await becomes(client, 'ECONNRESET');
    await becomes(await open(), 'ECONNREFUSED');
  });
});

describe('a slow proxy', () => {
  test('delays each chunk in both directions', async () => {
    const client = await talking();
    await proxy.latency(100);
    const startedAt = performance.now();
    client.socket.write('b');
    await hears(client, 'ab');
    expect(performance.now() - startedAt).toBeGreaterThan(195);
  });

  test('keeps chunks in order when it becomes faster', async () => {
    const client = await talking();
    await proxy.latency(200);
    client.socket.write('b');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await proxy.heal();
    client.socket.write('c');
    await hears(client, 'abc');
  });

  test('passes at most so many bytes a second', async () => {
    const client = await talking();
    await proxy.rate(50_000);
    const startedAt = performance.now();
    client.socket.write(Buffer.alloc(20_000));
    await vi.waitFor(() => expect(client.heard()).toHaveLength(20_001), within);
    // The first portion goes at once, the last needs no pause after it.
    expect(performance.now() - startedAt).toBeGreaterThan(350);
  });

  test('sends every byte in a packet of its own', async () => {
    const client = await talking();
    await proxy.oneByteSlices();
    const sent = randomBytes(5_000);
    client.socket.write(sent);
    await vi.waitFor(() => expect(client.heard()).toHaveLength(5_001), within);
    expect(client.heard().subarray(1).equals(sent)).toBe(true);
    expect(server.heard.pieces).toBeGreaterThan(50);
  });
});

test('what a sieve finds in the replies is lost, and all that follows on that connection', async () => {
  const sieved = await openTcpProxy({
    target: { host: '127.0.0.1', port: server.port },
    sieve: () => (chunk) => (chunk.includes('x') ? chunk.indexOf('x') : undefined),
  });
  const client = await open(sieved.port);
  client.socket.write('abxc');
  await hears(client, 'ab');
  client.socket.write('d');
  await vi.waitFor(() => expect(server.heard.bytes).toBe(5), within);
  expect([client.heard().toString(), client.state()]).toEqual(['ab', 'open']);
  await sieved.close();
});
