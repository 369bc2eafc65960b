import { logLevel } from 'kafkajs';
import { expect, test } from 'vitest';
import { createClientLog } from './client-log.ts';
import { steppedClock } from './sockets.test-support.ts';

function log() {
  const said: unknown[] = [];
  const clock = steppedClock();
  const keep = (details: object, message: string) => said.push([message, details]);
  const wrong = () => expect.unreachable();
  const texts = createClientLog({ clock, logger: { info: keep, warn: wrong, error: wrong } });
  let over = false;
  const write = (client: string, message: string, extra: object = {}, level = logLevel.ERROR) =>
    texts.of(client, () => over)(logLevel.WARN)({
      namespace: 'Connection',
      level,
      label: 'ERROR',
      log: { timestamp: '', message, ...extra },
    });
  return { said, clock, write, end: () => (over = true) };
}

test('what the client calls an error is something to know, without its secrets', () => {
  const { said, write } = log();
  write('asking', 'Connection error: kafka://u:hunter2@one', {
    broker: 'one:9092',
    stack: 'hunter2',
    error: 'password=hunter2',
    payload: { sasl: 'hunter2' },
  });
  expect(said).toEqual([
    [
      'kafkajs: Connection error: kafka://***@one',
      { system: 'kafka', client: 'asking', part: 'Connection', broker: 'one:9092', error: 'password=***' },
    ],
  ]);
});

test('the same is said again after a while; other instances say the same', () => {
  const { said, write, clock } = log();
  for (const client of ['asking', 'asking', 'publishing']) write(client, 'Connection timeout');
  expect(said).toHaveLength(2);
  clock.pass(10_000);
  write('asking', 'Connection timeout');
  expect(said).toHaveLength(3);
});

test('answers of the broker, details, and what an instance says that is over are nobody’s business', () => {
  const { said, write, end } = log();
  write('asking', 'Response Heartbeat(key: 12, version: 3)');
  write('asking', 'Starting', {}, logLevel.INFO);
  end();
  write('asking', 'Connection error');
  expect(said).toEqual([]);
});
