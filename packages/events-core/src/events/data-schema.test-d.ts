/** Compiled by `tsc`, never run: an interface and a schema that differ must not compile. */
import { z } from 'zod';
import { dataSchema } from './data-schema.ts';

interface Parcel {
  parcel_id: string;
  weight?: number | undefined;
}

dataSchema<Parcel>()({ parcel_id: z.string(), weight: z.number().optional() }) satisfies z.ZodType<Parcel, Parcel>;

// @ts-expect-error the interface has this field, the schema has not
dataSchema<Parcel>()({ parcel_id: z.string() });

dataSchema<Parcel>()({
  parcel_id: z.string(),
  weight: z.number().optional(),
  // @ts-expect-error the schema has this field, the interface has not
  colour: z.string(),
});

dataSchema<Parcel>()({
  // @ts-expect-error another type
  parcel_id: z.number(),
  weight: z.number().optional(),
});

dataSchema<Parcel>()({
  parcel_id: z.string(),
  // @ts-expect-error required by the schema alone
  weight: z.number(),
});

dataSchema<Parcel>()({
  // @ts-expect-error optional in the schema alone
  parcel_id: z.string().optional(),
  weight: z.number().optional(),
});
