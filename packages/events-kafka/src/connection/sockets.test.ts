import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import type { Join } from './group-request.ts';
import { heartbeatRequest, joinRequest, leaveRequest, request } from './requests.test-support.ts';
import { openPlace } from './sockets.test-support.ts';
import type { SocketsOptions } from './sockets.ts';

const places: Awaited<ReturnType<typeof openPlace>>[] = [];
afterEach(async () => {
  for (const place of places.splice(0)) await place.close();
});

async function open(options: Partial<SocketsOptions> = {}) {
  const place = await openPlace(options);
  places.push(place);
  return place;
}

test('the client gets whole frames', async () => {
  const { connected } = await open();
  const { heard, peer } = await connected();
  peer.setNoDelay(true);
  for (const byte of [0, 0, 0, 5, 1, 2, 3, 4]) peer.write(Buffer.from([byte]));
  peer.write(Buffer.from([5, 0, 0]));
  await expect.poll(() => heard).toEqual(['data 9']);
});

test('bytes of another protocol end the connection, and nothing else', async () => {
  const { connected, lost } = await open();
  const { heard, peer } = await connected();
  peer.write(Buffer.from([0, 0, 0, 2, 9, 9]));
  await expect.poll(() => heard).toEqual([expect.stringMatching(/^error a frame of 2 bytes was announced/)]);
  // It was never a connection to Kafka.
  expect(lost).toEqual([]);
});

test('what the client throws ends the connection, and nothing else', async () => {
  const { connected } = await open();
  const { socket, heard, peer } = await connected();
  socket.on('data', () => {
    throw new TypeError('what the client did not expect');
  });
  peer.write(Buffer.from([0, 0, 0, 4, 1, 2, 3, 4]));
  await expect.poll(() => heard).toContain('error what the client did not expect');
});

test('a request to join or to leave waits until it may be written, and others pass it', async () => {
  const joins: { readonly join: Join; readonly allow: () => void }[] = [];
  const { connected } = await open({
    beforeJoin: (join) => new Promise((allow) => joins.push({ join, allow })),
  });
  const { socket, peer } = await connected();
  const written: Buffer[] = [];
  peer.on('data', (data: Buffer) => written.push(data));
  for (const request of [joinRequest('m1'), heartbeatRequest('m1'), leaveRequest('m1')]) socket.write(request);
  await expect.poll(() => Buffer.concat(written)).toEqual(heartbeatRequest('m1'));
  expect(joins.map(({ join }) => join)).toEqual([
    { memberId: 'm1', leaving: false },
    { memberId: 'm1', leaving: true },
  ]);
  joins[0]!.allow();
  await expect.poll(() => Buffer.concat(written)).toEqual(Buffer.concat([heartbeatRequest('m1'), joinRequest('m1')]));
});

test('one that waited longer than its connection lasted is not written, and one that may not be ends it', async () => {
  const waiting = Promise.withResolvers<void>();
  const { connected, sockets, clock } = await open({
    beforeJoin: ({ memberId }) => (memberId === '' ? Promise.reject(new Error('not now')) : waiting.promise),
  });
  const first = await connected();
  let received = 0;
  first.peer.on('data', ({ length }: Buffer) => (received += length));
  first.socket.write(joinRequest('m1'));
  clock.pass(1_000);
  sockets.cut(new Error('silent'));
  waiting.resolve();
  await once(first.peer, 'end');
  expect(received).toBe(0);
  const second = await connected();
  second.socket.write(joinRequest(''));
  await expect.poll(() => second.heard).toEqual(['error not now']);
});

test('cut ends the sockets there are, with a reason; after destroy there are no more', async () => {
  const { connected, sockets, port, clock } = await open();
  const [one, other] = [await connected(), await connected()];
  clock.pass(1_000);
  const third = await connected();
  sockets.cut(new Error('no answer'));
  await expect.poll(() => [...one.heard, ...other.heard]).toEqual(['error no answer', 'error no answer']);
  expect(third.heard, 'one that has had no time to answer').toEqual([]);
  sockets.destroy(new Error('closed'));
  await expect.poll(() => third.heard).toEqual(['error closed']);
  expect(() => sockets.open({ host: '127.0.0.1', port, ssl: {}, onConnect() {} })).toThrow('closed');
  expect(sockets.ended).toBe(true);
});

test('whoever writes to a socket that has ended hears of it: the client may have ended the one that replaced another', async () => {
  const { connected } = await open();
  const { socket, heard } = await connected();
  socket.end();
  socket.write(heartbeatRequest('m1'));
  await expect.poll(() => heard).toEqual([expect.stringMatching(/^error the connection to .* has ended$/)]);
});

test('a loss is told once; the end of an idle connection, of one that was left, or of all is none', async () => {
  const { connected, answered, sockets, lost, clock } = await open();
  await connected().then(({ peer }) => peer.end());
  const idle = await answered();
  idle.socket.write(heartbeatRequest('m1'));
  clock.pass(31_000);
  idle.peer.end();
  await expect.poll(() => idle.heard).toEqual(['data 8', 'end']);
  const left = await answered();
  left.socket.end();
  left.peer.end();
  await once(left.socket, 'close');
  expect(lost).toEqual([]);
  const closed = await answered();
  closed.socket.write(heartbeatRequest('m1'));
  closed.peer.end();
  await expect.poll(() => lost).toEqual([expect.stringMatching(/has closed the connection$/)]);
  const reset = await answered();
  reset.peer.resetAndDestroy();
  await expect.poll(() => lost).toHaveLength(2);
  await answered();
  sockets.destroy(new Error('closed'));
  expect(lost).toHaveLength(2);
});

test('what happens to a socket that the client has ended is no news of the one that follows it', async () => {
  const { connected, clock } = await open();
  const { socket, heard, peer } = await connected();
  socket.end();
  await once(peer.resume(), 'end');
  // A peer that does not answer keeps it half open.
  clock.pass(1_000);
  await once(socket, 'close');
  expect(heard).toEqual([]);
});

test('of several sockets for one connection those that the client does not use are dropped without a word', async () => {
  const { connected, lost, clock } = await open();
  const [used, unused] = [await connected(), await connected()];
  used.socket.write(heartbeatRequest('m1'));
  clock.pass(5_000);
  clock.pass(1_000);
  await once(unused.socket, 'close');
  expect([...used.heard, ...unused.heard, ...lost]).toEqual([]);
  expect(used.socket.destroyed).toBe(false);
});

test('an advertised address may be reached at another', async () => {
  const asked: unknown[] = [];
  const { port } = await open();
  const { promise, resolve } = Promise.withResolvers<void>();
  const addressOf = (advertised: object) => (asked.push(advertised), { host: '127.0.0.1', port });
  const { sockets } = await open({ settings: { tls: undefined, addressOf, requestTimeoutMs: 1_000 } });
  sockets.open({ host: 'broker-1.internal', port: 9_092, ssl: {}, onConnect: resolve });
  await promise;
  expect(asked).toEqual([{ host: 'broker-1.internal', port: 9_092 }]);
});

test('to a member of a group the end of a connection is an error: at an end the client would strike the broker from its list', async () => {
  const member = await open({ beforeJoin: () => Promise.resolve() });
  const { heard, peer } = await member.answered();
  peer.end();
  await expect.poll(() => heard).toEqual(['data 8', expect.stringMatching(/^error .* has closed the connection$/)]);
  expect(member.lost).toHaveLength(1);
  const login = await member.connected();
  login.socket.write(request(36, 1));
  login.peer.end();
  await expect.poll(() => login.heard).toEqual(['end']);
});
