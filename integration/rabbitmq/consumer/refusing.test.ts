import { ConfigurationError } from '@payments/events-core';
import { describe, expect, it } from 'vitest';
import { within } from '../support/deadlines.ts';
import { createDesk } from '../support/desk.ts';
import { queueOf, spec } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { openPlace } from '../support/place.ts';

describe('what a consumer on RabbitMQ may not do', { timeout: 60_000 }, () => {
  it('ends with a ConfigurationError when the permission is revoked, after the next rebuild', async () => {
    const place = await openPlace();
    const member = await place.connected();
    const desk = createDesk();
    const subscription = await member.subscribe(spec(), desk.deliver);
    await place.host.permit(place.host.username, { configure: '^$', write: '^$', read: '^$' });
    // What lives goes on: the broker remembers its answer for each channel.
    await place.client.publish(['still']);
    await eventually('still consuming', () => desk.all.length === 1);
    // Ends the consumer, so that a new channel is needed.
    await place.client.delete(queueOf('g'));
    const error: unknown = await subscription.ended.catch((cause: unknown) => cause);
    expect(ConfigurationError.isInstance(error)).toBe(true);
    expect(String(error)).not.toContain(place.host.password);
    for (const one of desk.open) one.settle();
    await subscription.stop(within(2_000));
  });

  it('refuses a group whose ordering was another one', async () => {
    const place = await openPlace();
    const member = await place.connected();
    const first = await member.subscribe(spec(), createDesk().deliver);
    await first.stop(within(2_000));
    await expect(member.subscribe(spec({ ordering: 'key' }), createDesk().deliver)).rejects.toSatisfy(
      (error) => ConfigurationError.isInstance(error) && /x-single-active-consumer/.test(error.message),
    );
  });
});
