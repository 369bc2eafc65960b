import { SendError } from '@payments/events-core';
import { labPassword } from './lab/memory-harness.ts';
import { patched, type Mutant } from './mutant.ts';

/** Names the address it could not reach, all of it. */
export const leaksThePasswordInAnError: Mutant = {
  name: 'leaks the password in an error',
  killedBy: 'Z1',
  mutate: (adapter) =>
    patched(adapter, {
      async send(message, options) {
        try {
          return await adapter.send(message, options);
        } catch (error) {
          if (!SendError.isInstance(error)) throw error;
          const cause = new Error(`connect ECONNREFUSED memory://shop:${labPassword}@localhost:5672/payments`);
          const { outcome, reason, retryable } = error;
          throw new SendError(error.message, { outcome, reason, retryable, cause });
        }
      },
    }),
};
