import { z } from 'zod';
import { groupProblem } from '../events/names.ts';

/** The group of a consumer that names none, where the configuration names none either. */
export const fallbackGroup = 'payment-service';

/** The schema of a key that names the default group. */
export const groupKey = z
  .string()
  .superRefine((group, context) => {
    const message = groupProblem(group);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .default(fallbackGroup);
