import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from './redact.ts';

describe('redact', () => {
  it.each([
    ['amqp://me:hunter2@broker:5672/vhost', 'amqp://***@broker:5672/vhost'],
    ['redis://:hunter2@cache', 'redis://***@cache'],
    ['nats://hunter2@one,nats://hunter2@two', 'nats://***@one,nats://***@two'],
    ['a password with an @: amqp://me:hunter@2@broker', 'a password with an @: amqp://***@broker'],
    ['a password with a slash: amqp://me:hun/ter2@broker', 'a password with a slash: amqp://***@broker'],
    ['password=hunter2', 'password=***'],
    ['{"password": "hunter2", "user": "me"}', '{"password": ***, "user": "me"}'],
    ["token: 'hunter2'", 'token: ***'],
    ['MESSAGING__PASSWORD=hunter2', 'MESSAGING__PASSWORD=***'],
    ['client_secret=hunter2 sent', 'client_secret=*** sent'],
    ['accessToken: hunter2', 'accessToken: ***'],
    ['sent Bearer hunter2hunter2', 'sent Bearer ***'],
    ['sent Basic aHVudGVyMg==', 'sent Basic ***'],
    ['{"password":"ab\\"hunter2"}', '{"password":***}'],
    ['{"pass":"hunter2","user":"me"}', '{"pass":***,"user":"me"}'],
    ['dbPass=hunter2', 'dbPass=***'],
    ['passphrase: hunter2', 'passphrase: ***'],
    [
      'Endpoint=sb://x/;SharedAccessKeyName=k;SharedAccessKey=hunter2',
      'Endpoint=sb://x/;SharedAccessKeyName=k;SharedAccessKey=***',
    ],
    ['a -----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY----- b', 'a *** private key *** b'],
    ['{"key":"-----BEGIN PRIVATE KEY-----\\nhunter2', '{"key":"*** private key ***'],
  ])('takes the credentials out of %s', (text, redacted) => {
    expect(redact(text)).toBe(redacted);
  });

  it.each([
    'Authorization: Bearer hunter2hunter2',
    'authorization: bearer hunter2',
    '"authorization":"Basic hunter2"',
    'sent bearer hunter2hunter2',
  ])('takes out what follows the scheme in %s', (text) => expect(redact(text)).not.toContain('hunter2'));

  it.each([
    ['a quoted one that is cut off', 'password="hunter2 and hunter2'],
    ['one in JSON that stands in JSON', JSON.stringify(JSON.stringify({ password: 'a"b hunter2', user: 'me' }))],
    ['one in single quotes', "token: 'a\\'b hunter2'"],
  ])('takes out %s', (_, text) => expect(redact(text)).not.toContain('hunter2'));

  it('takes a password of any length out of a URL', () => {
    const token = `${'a'.repeat(5_000)}.hunter2`;
    expect(redact(`cannot reach amqps://app:${token}@broker:5671/prod now`)).toBe(
      'cannot reach amqps://***@broker:5671/prod now',
    );
    expect(redact(`cannot reach nats://${token}@broker now`)).toBe('cannot reach nats://***@broker now');
  });

  it('takes out every credential of a text', () => {
    expect(redact('amqp://a:hunter2@one or amqp://b:hunter2@two, secret=hunter2')).not.toContain('hunter2');
  });

  it.each([
    'no such queue "ledger"',
    'http://broker:15672/api',
    'mail ops@example.com',
    '3 tokens left',
    'passwords',
    'compass: north',
    'bypass=true',
    'tests pass',
  ])('leaves %s as it is', (text) => expect(redact(text)).toBe(text));

  it('hides any password of a URL', () => {
    const password = fc.stringMatching(/^[a-zA-Z0-9:@!$&*+=/?#-]{1,30}$/).map((text) => `Xx${text}xX`);
    fc.assert(
      fc.property(password, (secret) => {
        expect(redact(`cannot reach amqp://me:${secret}@broker now`)).toBe('cannot reach amqp://***@broker now');
      }),
    );
  });

  // Anything quadratic runs for minutes here, far into the test's time limit.
  it.each([
    'a.',
    'a:',
    '://',
    'a://b:',
    '@',
    'a://b:@',
    'a://b@',
    'password',
    'password=',
    'token"',
    'token="',
    'token="\\',
    'token=\\"',
    "pass='",
    'pass',
    'pass ',
    '\\"',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN ',
    'authorization:"',
  ])('does not stall on a long text of nothing but "%s"', (part) => expect(redact(part.repeat(100_000))).not.toBe(''));
});
