import { z } from 'zod';
import { id, pageLimit, seq, time } from '../../schemas/common.ts';
import { operation } from '../operation.ts';

const directMessage = z
  .object({ id, sender_id: id, receiver_id: id, content: z.string(), created_at: time, seq })
  .meta({ id: 'DirectMessage' });
export type DirectMessage = z.output<typeof directMessage>;

/**
 * The microseconds within the millisecond, if the time has them. They distinguish messages of the
 * same millisecond.
 */
function microsOf(time: string): number | null {
  const digits = /\.\d{3}(\d{3})/.exec(time)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** Larger numbers are milliseconds since 1970, as `Date.now()` returns. */
const maxSeq = 999_999_999;
const epochMs = { from: Date.UTC(1980), to: Date.UTC(3000) };

/** The end of a page, as an identifier of the first message after it. */
const before = z
  .union(
    [
      id.transform((messageId) => ({ messageId })),
      z.coerce
        .number()
        .int()
        .min(1)
        .max(maxSeq)
        .transform((seq) => ({ seq })),
      z.coerce
        .number()
        .int()
        .min(epochMs.from)
        .max(epochMs.to)
        .transform((time) => ({ time: new Date(time), micros: null })),
      z.iso
        .datetime({ offset: true })
        .transform((time) => ({ time: new Date(time), micros: microsOf(time) })),
    ],
    { error: "must be a message's id, seq or created_at, or milliseconds since 1970" },
  )
  .meta({
    description:
      "only messages before this one: a message's `id`, `seq` or `created_at`, or a time in " +
      'milliseconds since 1970',
    override: { type: 'string' },
  });
export type BeforeMessage = z.output<typeof before>;

export const getDirectHistory = operation({
  id: 'directGetHistory',
  service: 'messages',
  tag: 'direct',
  method: 'get',
  path: '/api/messages/:userId',
  summary: 'Messages between the caller and that user, oldest first within the page',
  description:
    'Without `before`, the latest page. Excludes deleted messages. Paging back by `id`, `seq` or ' +
    '`created_at` returns every message once; the microseconds of `created_at` distinguish ' +
    'messages of the same millisecond. A time cut to milliseconds (`Date.toISOString()`) works, ' +
    'too, unless several messages share that millisecond: it cannot say which of them begins ' +
    'the page, so the response is 400. `offset` skips that number of messages, ' +
    'from the newest (before `before`); new messages shift it.',
  params: z.object({ userId: id }),
  query: z.object({
    before: before.optional(),
    limit: pageLimit(1_000, 1_000),
    offset: z.coerce.number().int().min(0).max(100_000).default(0),
  }),
  status: 200,
  response: z.array(directMessage),
  errors: ['user_not_found', 'self_reference', 'message_not_found'],
  mayHaveMore: true,
});
