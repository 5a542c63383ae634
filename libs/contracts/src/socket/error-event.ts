import { z } from 'zod';
import { seq } from '../schemas/common.ts';
import { fieldError } from '../schemas/field-error.ts';

/** The payload of the event `error`, which arrives instead of a missing acknowledgement. */
export const errorEvent = z.object({
  code: z.string(),
  type: z.string(),
  message: z.string(),
  retryable: z.boolean().optional(),
  retryAfterMs: z.number().optional(),
  /**
   * The limit that was reached (`5 per 10 seconds, user and room`) and the server's setting for
   * it.
   */
  limit: z.string().optional(),
  setting: z.string().optional(),
  current: z.object({ seq, message: z.unknown().optional(), draft: z.unknown().optional() }).optional(),
  fields: z.array(fieldError).readonly().optional(),
});
