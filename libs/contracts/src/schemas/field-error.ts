import { fieldReasons } from '@parley/errors';
import { z } from 'zod';

/** One invalid field of a request or an event. */
export const fieldError = z.object({
  field: z.string(),
  message: z.string(),
  reason: z
    .enum(fieldReasons)
    .optional()
    .meta({ description: '`message` for programs: `characters` means some that are not allowed there' }),
  limit: z
    .number()
    .int()
    .optional()
    .meta({ description: 'the limit of `too_short` and `too_long`, in characters or items' }),
});
