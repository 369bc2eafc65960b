import type { AdapterRuntime } from '@payments/events-core';
import { memory } from '@payments/events-memory';
import { after, patched, type Mutant } from './mutant.ts';

/** A reconnect that was under way does not look whether anybody still wants it. */
export const comesBackToLifeAfterClose: Mutant = {
  name: 'comes back to life after close',
  killedBy: 'S4',
  mutate(adapter, server) {
    let lent: AdapterRuntime | undefined;
    return patched(adapter, {
      connect(runtime, options) {
        lent = runtime;
        return adapter.connect(runtime, options);
      },
      async close(options) {
        await adapter.close(options);
        const runtime = lent;
        if (runtime === undefined) return;
        void after(server, 50).then(() =>
          memory({ server }).connect(runtime, { signal: new AbortController().signal }),
        );
      },
    });
  },
};
