import type { BrokerAdapter } from '@payments/events-core';
import { kafka } from '@payments/events-kafka';
import type { Contender, OpenContender } from '../contest/contender.ts';
import { openThroughAdapter } from '../contest/through-adapter.ts';
import { openThroughCore } from '../contest/through-core.ts';
import { asAdmin, assertSame, placeOf, removePlace } from './topics.ts';

/** What a user of this library has. */
export const ours: Contender = { open: (url) => open(url, 'ours', openThroughCore) };

/** The adapter without core. */
export const adapterAlone: Contender = { open: (url) => open(url, 'adapter', openThroughAdapter) };

async function open(
  url: string,
  name: string,
  through: (adapter: BrokerAdapter, group: string) => Promise<OpenContender>,
): Promise<OpenContender> {
  const place = placeOf(name);
  const contender = await through(kafka({ url, topicPrefix: place.prefix }), place.group);
  // The contest would not be fair if ours had other topics.
  await asAdmin(url, (admin) => assertSame(admin, place));
  return {
    ...contender,
    async close() {
      await contender.close();
      await asAdmin(url, (admin) => removePlace(admin, place));
    },
  };
}
