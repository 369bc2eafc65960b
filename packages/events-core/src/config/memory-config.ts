import { z } from 'zod';

/** The `messaging` section for the in-memory broker: tests and the first five minutes, not production. */
export interface MemoryConfig {
  readonly broker_type: 'memory';
  /** Events it holds before it refuses more. @default the adapter's, stated in its README */
  readonly capacity?: number;
  /** Settled events kept per topic for groups that come later. @default the adapter's, stated in its README */
  readonly history?: number;
}

export const memorySchema = z.strictObject({
  broker_type: z.literal('memory'),
  capacity: z.int().min(1).exactOptional(),
  history: z.int().min(0).exactOptional(),
}) satisfies z.ZodType<MemoryConfig>;
