import { describe, expect, it } from 'vitest';
import { jsonCodec } from '../codec/json-codec.ts';
import { writeNotes } from '../consume/delivery-notes.ts';
import type { Opening } from '../consume/open-delivery.ts';
import type { DeadLetter } from '../contract/dead-letters.ts';
import type { EventDefinition } from '../events/event-definition.ts';
import { unchecked } from '../events/unchecked.ts';
import { entryOf } from './dead-letter-entry.ts';

const throwing: EventDefinition<unknown> = {
  schema: {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: () => {
        throw new Error('a schema with a bug');
      },
    },
  },
};
const usage: EventDefinition<unknown> = {
  schema: {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: async (value) => (value === null ? { issues: [{ message: 'must be an object' }] } : { value }),
    },
  },
};
const paid: EventDefinition<unknown> = {
  schema: unchecked<unknown>(),
  amounts: { fields: ['amount'], currency: 'currency' },
};

const opening: Opening = {
  events: { 'payment.usage.recorded': usage, 'payment.invoice.paid': paid, 'payment.invoice.created': throwing },
  codecs: [jsonCodec],
  foreignAmounts: undefined,
};

const time = '2026-11-23T08:00:00.000Z';
const diedAt = new Date('2026-11-23T10:00:00.000Z');

function letter(body: unknown, state: DeadLetter['state'] = {}): DeadLetter {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return {
    id: 'letter-1',
    group: 'ledger',
    message: { headers: {}, body: bytes },
    reason: 'attempts-exhausted',
    diedAt,
    state,
  };
}

describe('a dead letter’s entry', () => {
  it('tells what happened, and shows the event as a handler would get it', async () => {
    const firstFailedAt = new Date('2026-11-23T09:00:00.000Z');
    const lastFailedAt = new Date('2026-11-23T09:30:00.000Z');
    const error = { name: 'TypeError', text: 'no ledger' };
    const body = {
      id: 'event-1',
      event_type: 'payment.usage.recorded',
      timestamp: time,
      source: '/billing',
      data: { quantity: 3 },
    };
    const dead = letter(body, writeNotes({ attempts: 5, firstFailedAt, lastFailedAt, error, redrives: 1 }));
    expect(await entryOf(dead, opening)).toEqual({
      id: 'letter-1',
      reason: 'attempts-exhausted',
      attempts: 5,
      firstFailedAt,
      lastFailedAt,
      error,
      redrives: 1,
      diedAt,
      message: dead.message,
      event: {
        id: 'event-1',
        type: 'payment.usage.recorded',
        time: new Date(time),
        source: '/billing',
        data: { quantity: 3 },
      },
    });
  });

  it('is of few words where the broker’s own limit put the letter here', async () => {
    expect(await entryOf(letter('{'), opening)).toEqual({
      id: 'letter-1',
      event: undefined,
      reason: 'attempts-exhausted',
      attempts: 0,
      redrives: 0,
      diedAt,
      message: expect.anything(),
    });
  });

  it.each([
    ['cannot be decoded', 'not JSON'],
    ['is of an unknown type', { id: '1', event_type: 'payment.unknown.thing', timestamp: time, data: {} }],
    ['does not fit its schema', { id: '1', event_type: 'payment.usage.recorded', timestamp: time, data: null }],
    ['makes its schema throw', { id: '1', event_type: 'payment.invoice.created', timestamp: time, data: {} }],
    [
      'is foreign, with an amount that could mean anything',
      { event_type: 'payment.invoice.paid', timestamp: time, data: { amount: 50, currency: 'EUR' } },
    ],
  ])('has no event where the message %s', async (_what, body) => {
    expect(await entryOf(letter(body), opening)).toHaveProperty('event', undefined);
  });

  it('shows a foreign event under the id core gave it', async () => {
    const body = { event_type: 'payment.usage.recorded', timestamp: time, data: {} };
    const entry = await entryOf(letter(body, writeNotes({ attempts: 1, redrives: 0, id: 'derived' })), opening);
    expect(entry.event?.id).toBe('derived');
  });
});
