import { z } from 'zod';
import { id } from '../schemas/common.ts';
import { call } from './call-definition.ts';
import { envelopeSchema } from './envelope.ts';

/** Calls by which a gateway learns what it missed while it was away; see `calls`. */
export const missedEventCalls = {
  /**
   * Those of these members of rooms who are not, and whether the room is gone. At most 500 rooms,
   * and 2,000 users in total. New: see `getRoomsOfUsers`.
   */
  getLostMemberships: call(
    'directory.get-lost-memberships',
    z.object({
      rooms: z
        .array(z.object({ roomId: id, userIds: z.array(id).max(2_000) }))
        .max(500)
        .refine((rooms) => rooms.reduce((sum, { userIds }) => sum + userIds.length, 0) <= 2_000),
    }),
    z.object({ lost: z.array(z.object({ roomId: id, userId: id, isRoomGone: z.boolean() })) }),
  ),
  /**
   * The directory's events after a position (see the envelope's `position`), in order: first those
   * published since, then those that wait to be published, after `waitingAfter`. Repeat the call
   * with the returned cursor while `hasMore`. `isComplete: false` when older events are no longer
   * kept; then, and without `after`, it answers the latest position and no events. Never misses an
   * event that was published before the call. New: see `getRoomsOfUsers`.
   */
  getDirectoryEvents: call(
    'directory.get-events',
    z.object({
      after: z.number().int().min(0).optional(),
      waitingAfter: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(1_000),
    }),
    z.object({
      events: z.array(envelopeSchema),
      isComplete: z.boolean(),
      after: z.number().int(),
      waitingAfter: z.number().int(),
      hasMore: z.boolean(),
    }),
  ),
} as const;
