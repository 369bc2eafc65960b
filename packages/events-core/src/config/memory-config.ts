import { z } from 'zod';

/** The `messaging` section for the in-memory broker: tests and the first five minutes, not production. */
export interface MemoryConfig {
  readonly broker_type: 'memory';
  /** Events it holds before it refuses more. @default the adapter's, stated in its README */
  readonly capacity?: number;
  /** Whether a new group also gets what was published before it existed. @default the adapter's, stated in its README */
  readonly history?: boolean;
}

export const memorySchema = z.strictObject({
  broker_type: z.literal('memory'),
  capacity: z.int().min(1).exactOptional(),
  history: z.boolean().exactOptional(),
}) satisfies z.ZodType<MemoryConfig>;
