import type { BrokerAdapter, DeadLetter, OutgoingMessage, SubscriptionSpec, SweepVerdict } from '@payments/events-core';
import { vi } from 'vitest';
import type { Place } from './place.ts';

const type = 'shop.order.placed';

/** The group whose letters a test looks at. */
export const lettersOf = ({ group }: Pick<Place, 'group'>) => group('letters');

/** For everything of one type, without retries. */
export function lettersSpec(place: Pick<Place, 'group'>, changes: Partial<SubscriptionSpec> = {}): SubscriptionSpec {
  return {
    group: lettersOf(place),
    patterns: [type],
    types: [type],
    ordering: 'none',
    retryDelaysMs: [],
    startFrom: 'earliest',
    maxInFlight: 100,
    handlerTimeoutMs: 5_000,
    ...changes,
  };
}

function message(n: number): OutgoingMessage {
  const headers = { 'content-type': 'application/json', 'event-id': `letter-${n}`, 'event-type': type };
  return { id: `letter-${n}`, type, key: `k${n % 5}`, headers, body: Buffer.from(`{"n":${n}}`) };
}

/** The test's own timeout is enough. */
export const noDeadline = { signal: new AbortController().signal };

/** Sends so many events and has all of them dead-lettered. */
export async function fillLetters(
  place: Place,
  adapter: BrokerAdapter,
  count: number,
  changes: Partial<SubscriptionSpec> = {},
): Promise<void> {
  let stored = 0;
  const subscription = await adapter.subscribe(lettersSpec(place, changes), async () => ({
    kind: 'deadLetter',
    reason: 'because',
    state: { n: '1' },
    onStored: () => void (stored += 1),
  }));
  await Promise.all(Array.from({ length: count }, (_, n) => adapter.send(message(n), noDeadline)));
  await vi.waitFor(() => {
    if (stored < count) throw new Error(`${stored} of ${count} are stored.`);
  }, 30_000);
  await subscription.stop(noDeadline);
}

/** A sweep, with what it saw. */
export async function sweepOf(
  place: Pick<Place, 'group'>,
  adapter: BrokerAdapter,
  verdict: (letter: DeadLetter) => SweepVerdict | Promise<SweepVerdict> = () => ({ action: 'keep' }),
) {
  const letters: DeadLetter[] = [];
  const result = await adapter.deadLetters(lettersOf(place)).sweep(async (letter) => {
    letters.push(letter);
    return verdict(letter);
  }, noDeadline);
  return { ...result, letters, ids: letters.map(({ message: { id } }) => id ?? '') };
}
