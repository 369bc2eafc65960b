import type { z } from 'zod';
import type { EventDefinition } from './event-definition.ts';

/** A definition of our own: always with a key, and with what documentation and tests need. */
export interface PaymentEventDefinition<Data> extends EventDefinition<Data> {
  readonly schema: z.ZodType<Data, Data>;
  readonly key: (data: Data) => string;
  readonly example: Data;
}
