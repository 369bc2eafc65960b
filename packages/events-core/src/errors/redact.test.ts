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
  ])('takes the credentials out of %s', (text, redacted) => {
    expect(redact(text)).toBe(redacted);
  });

  it.each([
    'Authorization: Bearer hunter2hunter2',
    'authorization: bearer hunter2',
    '"authorization":"Basic hunter2"',
    'sent bearer hunter2hunter2',
  ])('takes out what follows the scheme in %s', (text) => expect(redact(text)).not.toContain('hunter2'));

  it('takes out every credential of a text', () => {
    expect(redact('amqp://a:hunter2@one or amqp://b:hunter2@two, secret=hunter2')).not.toContain('hunter2');
  });

  it.each(['no such queue "ledger"', 'http://broker:15672/api', 'mail ops@example.com', '3 tokens left', 'passwords'])(
    'leaves %s as it is',
    (text) => expect(redact(text)).toBe(text),
  );

  it('hides any password of a URL', () => {
    const password = fc.stringMatching(/^[a-zA-Z0-9:@!$&*+=/?#-]{1,30}$/).map((text) => `Xx${text}xX`);
    fc.assert(
      fc.property(password, (secret) => {
        expect(redact(`cannot reach amqp://me:${secret}@broker now`)).toBe('cannot reach amqp://***@broker now');
      }),
    );
  });

  // Anything quadratic runs for minutes here, far into the test's time limit.
  it.each(['a.', 'a:', '://', 'a://b:', '@', 'password', 'password=', 'token"'])(
    'does not stall on a long text of nothing but "%s"',
    (part) => expect(redact(part.repeat(100_000))).not.toBe(''),
  );
});
