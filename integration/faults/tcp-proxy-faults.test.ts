import { beforeEach, describe, expect, test, vi } from 'vitest';
import { becomes, hears, openProxiedEcho, within, type ProxiedEcho } from './proxied-echo.ts';

let server: ProxiedEcho['server'];
let proxy: ProxiedEcho['proxy'];
let open: ProxiedEcho['open'];
let talking: ProxiedEcho['talking'];

beforeEach(async () => {
  const echo = await openProxiedEcho();
  ({ server, proxy, open, talking } = echo);
  return echo.close;
});

const someTime = () => new Promise((resolve) => setTimeout(resolve, 100));

describe('silence', () => {
  test('loses what is said, and ends nothing', async () => {
    const client = await talking();
    await proxy.silence('both');
    client.socket.write('b');
    server.sockets[0]!.write('c');
    await someTime();
    expect([client.heard().toString(), client.state(), server.heard.bytes]).toEqual(['a', 'open', 1]);
    expect(server.sockets[0]!.destroyed).toBe(false);
  });

  test('of requests lets replies pass, and of replies requests', async () => {
    const [one, other] = [await talking(), await talking()];
    await proxy.silence('requests');
    one.socket.write('b');
    server.sockets[0]!.write('c');
    await hears(one, 'ac');
    expect(server.heard.bytes).toBe(2);
    await proxy.heal();

    await proxy.silence('replies');
    other.socket.write('de');
    await vi.waitFor(() => expect(server.heard.bytes).toBe(4), within);
    await someTime();
    expect(other.heard().toString()).toBe('a');
  });

  test('loses what is under way when it begins', async () => {
    const client = await talking();
    await proxy.latency(50);
    client.socket.write('b');
    await proxy.silence('both');
    await someTime();
    expect(server.heard.bytes).toBe(1);
  });

  test('healed, connections that lost nothing go on, others stay open and dumb, new ones come through', async () => {
    const [quiet, lossy] = [await talking(), await talking()];
    await proxy.silence('both');
    lossy.socket.write('b');
    const knocking = await open();
    knocking.socket.write('k');
    await someTime();
    expect(server.sockets).toHaveLength(2);
    await proxy.heal();
    quiet.socket.write('c');
    lossy.socket.write('d');
    await hears(quiet, 'ac');
    await hears(knocking, 'k');
    await someTime();
    expect([lossy.heard().toString(), lossy.state()]).toEqual(['a', 'open']);
  });

  test.each(['end', 'resetAndDestroy'] as const)('hides the %s of a client until it is over', async (goes) => {
    const client = await talking();
    await proxy.silence('both');
    client.socket.write('lost');
    client.socket[goes]();
    await someTime();
    expect(server.sockets[0]!.destroyed).toBe(false);
    await proxy.heal();
    await vi.waitFor(() => expect(server.sockets[0]!.destroyed).toBe(true), within);
    await vi.waitFor(() => expect(proxy.open).toBe(0), within);
  });

  test('hides the end of the server, too', async () => {
    const client = await talking();
    await proxy.silence('replies');
    server.sockets[0]!.end('last words');
    await someTime();
    expect(client.state()).toBe('open');
    await proxy.heal();
    await becomes(client, 'ECONNRESET');
  });
});

describe('cutting', () => {
  test('resets what is open, and accepts new connections', async () => {
    const client = await talking();
    await proxy.reset();
    await becomes(client, 'ECONNRESET');
    await vi.waitFor(() => expect(server.sockets[0]!.destroyed).toBe(true), within);
    await talking();
  });

  test('refuses, counting each attempt, until it is healed', async () => {
    const client = await talking();
    await proxy.refuse();
    await becomes(client, 'ECONNRESET');
    await becomes(await open(), 'ECONNRESET');
    await becomes(await open(), 'ECONNRESET');
    expect([proxy.attempts.length, server.sockets.length]).toEqual([3, 1]);
    await proxy.heal();
    await talking();
  });

  test('cuts each connection after exactly so many bytes of requests', async () => {
    const client = await talking();
    await proxy.cutAfter(5);
    client.socket.write('123');
    await hears(client, 'a123');
    client.socket.write('456789');
    await becomes(client, 'ECONNRESET');
    const next = await open();
    next.socket.write('abcdefgh');
    await becomes(next, 'ECONNRESET');
    expect(server.heard.bytes).toBe(1 + 5 + 5);
    await proxy.heal();
    await talking();
  });
});

describe('a process that stands still', () => {
  test('neither reads nor is heard, and goes on where it was', async () => {
    const client = await talking();
    await proxy.hold();
    client.socket.write('b');
    server.sockets[0]!.write('c');
    const knocking = await open();
    await someTime();
    expect([client.heard().toString(), server.heard.bytes, server.sockets.length]).toEqual(['a', 1, 1]);
    await proxy.heal();
    await vi.waitFor(() => expect(client.heard().toString().split('').toSorted().join('')).toBe('abc'), within);
    knocking.socket.write('k');
    await hears(knocking, 'k');
  });

  test('meets its server’s end when it wakes', async () => {
    const client = await talking();
    await proxy.hold();
    server.sockets[0]!.end('bye');
    await someTime();
    expect(client.state()).toBe('open');
    await proxy.heal();
    await becomes(client, 'ended');
    expect(client.heard().toString()).toBe('abye');
  });

  test.each(['end', 'resetAndDestroy'] as const)('passes on a client’s %s when it wakes', async (goes) => {
    const client = await talking();
    await proxy.hold();
    client.socket[goes]();
    await someTime();
    expect(server.sockets[0]!.destroyed).toBe(false);
    await proxy.heal();
    await vi.waitFor(() => expect(server.sockets[0]!.destroyed).toBe(true), within);
  });
});
