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

/** The end of a page, as an identifier of the first message after it. */
const before = z
  .union([
    id.transform((messageId) => ({ messageId })),
    z.coerce
      .number()
      .int()
      .min(1)
      .transform((seq) => ({ seq })),
    z.iso.datetime({ offset: true }).transform((time) => ({ time: new Date(time), micros: microsOf(time) })),
  ])
  .meta({
    description: "only messages before this one: a message's `id`, `seq` or `created_at`",
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
    'Without `before`, the latest page. Excludes deleted messages. Paging back by any of the ' +
    'three forms of `before` returns every message once; the microseconds of `created_at` ' +
    'distinguish messages of the same millisecond. `offset` skips that number of messages, ' +
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
