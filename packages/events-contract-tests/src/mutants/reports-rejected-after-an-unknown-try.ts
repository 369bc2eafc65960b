import { SendError } from '@payments/events-core';
import { patched, type Mutant } from './mutant.ts';

/** No answer is taken for a no. */
export const reportsRejectedAfterAnUnknownTry: Mutant = {
  name: 'reports rejected after an unknown try',
  killedBy: 'P4',
  mutate: (adapter) =>
    patched(adapter, {
      async send(message, options) {
        try {
          return await adapter.send(message, options);
        } catch (error) {
          if (!SendError.isInstance(error)) throw error;
          const { message: text, reason, retryable, cause } = error;
          throw new SendError(text, { outcome: 'rejected', reason, retryable, cause });
        }
      },
    }),
};
