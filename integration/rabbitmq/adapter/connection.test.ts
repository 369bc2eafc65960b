import { expect, test } from 'vitest';
import { names } from '../lab/lab-names.ts';
import { noDeadline, within } from '../support/deadlines.ts';
import { message, spec } from '../support/events.ts';
import { openPlace } from '../support/place.ts';
import { shortestWaits } from '../support/runtime.ts';

const uncaught: unknown[] = [];
process.on('uncaughtException', (error) => uncaught.push(error));
process.on('unhandledRejection', (error) => uncaught.push(error));

test('a connection cut at any byte while connecting, declaring and closing ends in no uncaught error, and all settles', async () => {
  const place = await openPlace({ random: shortestWaits });
  const { url, proxy, cutOnce } = await place.network();
  for (let bytes = 0; bytes < 4_000; bytes += 150) {
    await cutOnce(bytes, 2);
    const adapter = place.adapter({ url });
    await adapter.connect(place.runtime, within(10_000));
    await adapter.declareGroup(spec());
    const sends = Promise.allSettled([1, 2, 3].map(() => adapter.send(message(), within(5_000))));
    if (bytes % 300 === 0) await proxy.reset();
    await adapter.close(within(2_000));
    for (const result of await sends) {
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: expect.stringMatching(/EVENTS_(SEND|CLOSED)/) });
    }
  }
  expect(uncaught).toEqual([]);
});

test('a hundred lost connections are restored, each told of once, and events flow afterwards', async () => {
  // After what is lost at once the next waits longer and longer.
  const place = await openPlace({ random: shortestWaits });
  const { url, proxy } = await place.network();
  const adapter = await place.connected({ url });
  await adapter.declareGroup(spec());
  for (let round = 0; round < 100; round += 1) {
    const lost = () => place.notices.filter((notice) => notice.kind === 'connection' && notice.state === 'lost').length;
    const found = () =>
      place.notices.filter((notice) => notice.kind === 'connection' && notice.state === 'found').length;
    await proxy.reset();
    await expect.poll(lost, { interval: 2, timeout: 5_000 }).toBe(round + 1);
    await expect.poll(found, { interval: 2, timeout: 5_000 }).toBe(round + 1);
  }
  await adapter.send(message(), within(5_000));
  expect((await adapter.health()).status).toBe('up');
  expect(uncaught).toEqual([]);
});

test('a silent broker is noticed by the heartbeat, and health is down meanwhile', async () => {
  const place = await openPlace();
  const { url, proxy } = await place.network();
  const adapter = await place.connected({ url, heartbeatS: 1 });
  await proxy.silence('both');
  const asked = performance.now();
  expect((await adapter.health()).status).toBe('down');
  expect(performance.now() - asked).toBeLessThan(2_000);
  await expect.poll(() => place.notices.length, { timeout: 8_000 }).toBe(1);
  const closing = performance.now();
  await adapter.close(noDeadline);
  expect(performance.now() - closing).toBeLessThan(5_000);
});

test('a wrong password is refused at once, and shown nowhere', async () => {
  const place = await openPlace();
  const url = new URL(place.url);
  url.password = 'hunter2-secret';
  const adapter = place.adapter({ url: url.href });
  const error = await adapter.connect(place.runtime, noDeadline).catch((thrown: unknown) => thrown as Error);
  expect(error).toMatchObject({ code: 'EVENTS_CONFIGURATION', path: 'username' });
  expect(`${(error as Error).stack}${JSON.stringify(error)}${String((error as Error).cause)}`).not.toContain('hunter2');
});

test('a virtual host that does not exist is refused at once', async () => {
  const place = await openPlace();
  const url = new URL(place.url);
  url.pathname = '/nobody-has-made-this';
  const connecting = place.adapter({ url: url.href }).connect(place.runtime, noDeadline);
  await expect(connecting).rejects.toMatchObject({ code: 'EVENTS_CONFIGURATION', path: 'url' });
});

test('an exchange of another kind is refused at connect', async () => {
  const place = await openPlace();
  await (await place.client.channel()).assertExchange(names.exchange, 'fanout');
  const connecting = place.adapter().connect(place.runtime, noDeadline);
  await expect(connecting).rejects.toMatchObject({ code: 'EVENTS_CONFIGURATION', path: 'exchange' });
});

test('an exchange that another library has made, with or without an alternate one, is used as it is', async () => {
  const place = await openPlace();
  await (await place.client.channel()).assertExchange(names.exchange, 'topic', { durable: true });
  const adapter = await place.connected();
  await expect(adapter.send(message(), noDeadline)).resolves.toMatchObject({ position: 'unrouted' });
});

test('a broker that is not there is waited for until the signal aborts', async () => {
  const place = await openPlace();
  const { url, proxy } = await place.network();
  await proxy.refuse();
  const connecting = place.adapter({ url }).connect(place.runtime, within(500));
  await expect(connecting).rejects.toMatchObject({ code: 'EVENTS_BROKER_UNAVAILABLE' });
  const adapter = place.adapter({ url });
  const later = adapter.connect(place.runtime, within(10_000));
  await proxy.heal();
  await later;
});

test('close during connect ends it, and leaves no connection', async () => {
  const place = await openPlace();
  const { url, proxy } = await place.network();
  await proxy.silence('both');
  const adapter = place.adapter({ url });
  const connecting = adapter.connect(place.runtime, noDeadline);
  const refused = expect(connecting).rejects.toMatchObject({ code: 'EVENTS_CLOSED' });
  await adapter.close(noDeadline);
  await refused;
  await expect(adapter.connect(place.runtime, noDeadline)).rejects.toMatchObject({ code: 'EVENTS_CLOSED' });
});

test('topology "check" declares nothing, and says what is missing', async () => {
  const place = await openPlace();
  await expect(place.adapter({ topology: 'check' }).connect(place.runtime, noDeadline)).rejects.toMatchObject({
    code: 'EVENTS_CONFIGURATION',
  });
  const declaring = await place.connected();
  await declaring.declareGroup(spec());
  const checking = await place.connected({ topology: 'check' });
  await checking.declareGroup(spec());
  await expect(checking.declareGroup(spec({ group: 'h' }))).rejects.toMatchObject({ code: 'EVENTS_CONFIGURATION' });
});

test('a group that exists with other settings is refused, naming the setting', async () => {
  const place = await openPlace();
  const adapter = await place.connected();
  await adapter.declareGroup(spec());
  await expect(adapter.declareGroup(spec({ ordering: 'key', retryDelaysMs: [] }))).rejects.toThrow(
    /x-single-active-consumer/,
  );
  await Promise.all([1, 2, 3, 4].map(() => adapter.declareGroup(spec())));
});
