import { setImmediate } from 'node:timers';
import { patched, type Mutant } from './mutant.ts';

/** The bytes are on their way, and if the connection ends nobody has them. */
export const resolvesSendOnWrite: Mutant = {
  name: 'resolves send on write',
  killedBy: 'P3',
  mutate: (adapter) =>
    patched(adapter, {
      async send(message) {
        const written = new AbortController();
        adapter.send(message, { signal: written.signal }).catch(() => {});
        setImmediate(() => written.abort());
        return { duplicate: false };
      },
    }),
};
