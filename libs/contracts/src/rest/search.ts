import { z } from 'zod';
import { id, optionalText, pageLimit, seq, time } from '../schemas/common.ts';
import { message } from '../schemas/message.ts';
import { operation } from './operation.ts';

const service = 'messages';
const tag = 'messages';

/** Rooms that one search may name. */
const maxRooms = 50;

/** `?roomId=…&roomId=…` */
const roomIds = z
  .preprocess((given: string | string[]) => [...new Set([given].flat())], z.array(id).max(maxRooms))
  .meta({
    description: 'only in these rooms; may be repeated',
    override: {
      type: 'array',
      items: { type: 'string', format: 'uuid' },
      maxItems: maxRooms,
    },
  });

/** A message that a search has found. */
const searchHit = z
  .object({
    message,
    /** The parts of the content that match, in order, in UTF-16 code units; at most 50. */
    ranges: z.array(z.object({ start: z.number().int(), length: z.number().int() })),
  })
  .meta({ id: 'SearchHit' });
export type SearchHit = z.output<typeof searchHit>;

export const searchMessages = operation({
  id: 'searchMessages',
  service,
  tag,
  method: 'get',
  path: '/api/v1/search/messages',
  scope: 'messages:read',
  summary: "Search the messages of the caller's rooms, newest first",
  description:
    '`q` contains words, `"phrases"` and `-excluded` words. A message must contain all words, ' +
    'regardless of case and accents; the last word may be incomplete. In scripts without spaces, ' +
    'a word is found anywhere in the text. Without `q`, the other parameters select the messages. ' +
    'A message is found as soon as it has been acknowledged, and no longer once it is edited, ' +
    'deleted or expired, or the caller has left its room. Encrypted messages are never found. ' +
    'Messages of users whom the caller blocks are omitted. ' +
    '`complete: false`: some older messages of the rooms in `through` are not in the index yet; ' +
    'it contains their changes up to that `seq`. A page may have fewer hits than `limit`, even ' +
    'none, although more follow. By default 30 searches per minute. `search_too_broad`: add a ' +
    'word, a room or a time.',
  query: z.object({
    q: optionalText(200).optional(),
    roomId: roomIds.optional(),
    from: id.optional().meta({ description: 'only messages of this user' }),
    mentions: z.enum(['me']).optional().meta({
      description: 'only messages of others that mention the caller, by name or with all members',
    }),
    has: z.enum(['link']).optional(),
    inThread: id.optional().meta({
      description: 'only messages of the thread that has this one; `roomId` has no effect then',
    }),
    after: time.optional().meta({ description: 'only messages created at this time or later' }),
    before: time.optional().meta({ description: 'only messages created before this time' }),
    limit: pageLimit(20, 50),
    cursor: z.string().max(1_000).optional(),
  }),
  status: 200,
  response: z.object({
    hits: z.array(searchHit),
    nextCursor: z.string().nullable(),
    complete: z.boolean(),
    /** Rooms that are not completely indexed; empty if `complete`. */
    through: z.array(z.object({ roomId: id, seq })),
  }),
  mayHaveMore: true,
  errors: ['room_not_found', 'not_authorized', 'message_not_found', 'search_too_broad'],
});
