import { createHash } from 'node:crypto';
import type { DeadLetter } from '@payments/events-core';
import type { Message } from 'amqplib';
import { toIncoming } from '../mapping.ts';
import { noteOf, privateHeaders } from '../messages/copy-note.ts';

/** A dead letter as core sees it: stored by a consumer, or by the broker's own limit. */
export function toDeadLetter(
  message: Message,
  { group, now }: { readonly group: string; readonly now: number },
): DeadLetter {
  const note = noteOf(message);
  const died = lastDeath(message);
  const byUs = note?.reason !== undefined;
  return {
    id: letterId(message),
    group: note?.group ?? group,
    message: toIncoming(message),
    reason: note?.reason ?? died?.reason ?? 'unknown',
    diedAt: new Date(note?.diedAt ?? died?.at ?? now),
    // What an earlier retry noted is not said of this death.
    state: byUs ? note.state : {},
  };
}

/** Each storing of a copy has a name. What the broker moved here has none, and is known by what is in it. */
function letterId(message: Message): string {
  const { fields, properties, content } = message;
  const name: unknown = properties.headers?.[privateHeaders.copy];
  if (fields.exchange === '' && typeof name === 'string') return name;
  const hash = createHash('sha256')
    .update(`${String(properties.messageId)}\0${String(lastDeath(message)?.at)}\0`)
    .update(content)
    .digest('hex');
  return `moved-${hash.slice(0, 32)}`;
}

interface Death {
  readonly reason: string;
  readonly at: number | undefined;
}

/** What the broker says of the last time it moved this message by itself. */
function lastDeath({ properties }: Message): Death | undefined {
  const deaths: unknown = properties.headers?.['x-death'];
  const last: unknown = Array.isArray(deaths) ? deaths[0] : undefined;
  if (typeof last !== 'object' || last === null) return undefined;
  const { reason, time } = last as { readonly reason?: unknown; readonly time?: { readonly value?: unknown } };
  const seconds = typeof time === 'object' && time !== null ? time.value : undefined;
  return {
    reason: typeof reason === 'string' ? reason.replaceAll('_', '-') : 'unknown',
    at: typeof seconds === 'number' && Math.abs(seconds) <= 8.64e12 ? seconds * 1_000 : undefined,
  };
}
