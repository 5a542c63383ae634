import { fieldReasons } from '@parley/errors';
import { z } from 'zod';

/** One invalid field of a request or an event. */
export const fieldError = z.object({
  field: z.string(),
  message: z.string(),
  reason: z.enum(fieldReasons).meta({
    description:
      '`message` for programs. `too_low` and `too_high`: numbers; `characters`: some are not allowed ' +
      'there; `format`: of addresses, times and ids; `choice`: of a few values; `wrong`: a secret that ' +
      'does not match; `combination`: other fields exclude or need it; `not_found`: refers to what does ' +
      'not exist; `unknown`: no such field',
  }),
  limit: z
    .number()
    .optional()
    .meta({ description: 'the limit of the reasons `too_…`: characters, items, or a number' }),
});
