import { describe, expect, it } from 'vitest';
import { describeEndpoints, readConnectionUrl } from './endpoints.ts';
import { credentialsOf } from './connection-keys.ts';

describe('a connection URL', () => {
  it('is taken apart', () => {
    expect(readConnectionUrl('amqps://me:p%40ss@broker:5671/my%2Fhost')).toEqual({
      scheme: 'amqps',
      endpoints: [{ host: 'broker', port: 5671 }],
      username: 'me',
      password: 'p@ss',
      path: 'my/host',
    });
    expect(readConnectionUrl('redis://localhost')).toEqual({ scheme: 'redis', endpoints: [{ host: 'localhost' }] });
    expect(readConnectionUrl('redis://:secret@[::1]:6379/2')).toEqual({
      scheme: 'redis',
      endpoints: [{ host: '[::1]', port: 6379 }],
      password: 'secret',
      path: '2',
    });
  });

  it('may list servers, with the credentials at the first or at each', () => {
    const expected = {
      scheme: 'nats',
      endpoints: [{ host: 'one', port: 4222 }, { host: 'two' }],
      username: 'me',
      password: 'p',
    };
    expect(readConnectionUrl('nats://me:p@one:4222,two')).toEqual(expected);
    expect(readConnectionUrl('NATS://me:p@one:4222,nats://me:p@two')).toEqual(expected);
  });

  it('is shown to people without its credentials', () => {
    expect(describeEndpoints('kafka://me:secret@one:9092,two')).toBe('one:9092, two');
  });

  it.each([
    'localhost',
    'nats://',
    'nats://a,',
    'nats://a,tls://b',
    'nats://me:p@a,you:p@b',
    'nats://a b',
    'nats://a?x',
    'nats://a#x',
    'nats://a:p/b@c',
    'nats://%zz@a',
  ])('is refused without being shown: %s', (url) => {
    expect(() => readConnectionUrl(url)).toThrow(/^must /);
  });
});

describe('credentials', () => {
  it('are found in the keys or in the URL', () => {
    expect(credentialsOf({ url: 'redis://host', password: 'p' })).toEqual({ password: 'p' });
    expect(credentialsOf({ url: 'amqp://me:p%25@host' })).toEqual({ username: 'me', password: 'p%' });
    expect(credentialsOf({ url: 'amqp://host' })).toEqual({});
  });
});
