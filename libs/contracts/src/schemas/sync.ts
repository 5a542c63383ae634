import { z } from 'zod';
import { accountCursor, syncedAccount } from './account.ts';
import { id, seq, time } from './common.ts';
import { message } from './message.ts';
import { roomKind } from './room.ts';
import { threadPosition } from './thread.ts';
import { isBot } from './user.ts';

/** Maximum number of rooms per sync. Clients with more rooms make several calls. */
export const maxSyncedRooms = 500;

/** Rate limits count a sync as one request per so many rooms. */
const roomsPerUnit = 25;

/** How many requests a sync counts as. */
export const syncUnits = ({ rooms }: Pick<SyncQuestion, 'rooms'>): number =>
  Math.max(Math.ceil(rooms.length / roomsPerUnit), 1);

/** A client's cursors in a room. It knows everything up to these numbers. */
const roomCursor = z.object({
  roomId: id,
  seq,
  readSeq: seq.default(0).meta({
    description: '`readSeq` of the previous answer; without it, the answer has the positions of all members',
  }),
});

/** One change in the answer of `sync`: the current state of what changed. */
export const syncChange = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('message'), seq, message }),
    z.object({
      kind: z.enum(['joined', 'left']),
      seq,
      userId: id,
      username: z.string(),
      isBot,
      time: z.string(),
      atCreation: z.boolean().optional().meta({ description: "joined with the room's creation" }),
    }),
  ])
  .meta({ id: 'SyncChange' });
export type SyncChange = z.output<typeof syncChange>;

/** How far a member has read a room, and how far it has reached their devices. */
const memberPosition = z
  .object({
    userId: id,
    username: z.string(),
    /** Last `seq` read; 0 with `readAt: null` when nothing is read yet. */
    seq,
    readAt: time.nullable(),
    /** Last `seq` delivered to a device of theirs. Never behind the read position. */
    deliveredSeq: seq,
  })
  .meta({ id: 'MemberPosition' });
export type MemberPosition = z.output<typeof memberPosition>;

export const syncQuestion = z.object({
  rooms: z.array(roomCursor).max(maxSyncedRooms, `at most ${maxSyncedRooms} rooms; make several calls`),
  gained: z
    .object({ after: id.optional(), upTo: id.optional() })
    .optional()
    .meta({
      description:
        "requests the caller's rooms that are missing in `rooms`, of those with an id after `after` " +
        'and up to `upTo` (by default all)',
    }),
  account: accountCursor.optional().meta({
    description:
      "requests the changes of the caller's account: settings, drafts, bookmarks. A connection that " +
      'asks receives further ones as `account_changed`',
  }),
  limit: z
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(200)
    .meta({ description: 'changes per room, and of the account' }),
  threads: z
    .boolean()
    .optional()
    .meta({ description: "requests the caller's positions in threads, for clients that show threads apart" }),
});
/**
 * Of a user, asked by another service.
 *
 * `newAtCreation`: rows that are new after the cursor stand at their creation, in their present
 * state. Those that have changed beyond the page follow again at their last change. Without it, a
 * page lacks them.
 */
export const syncOfUser = syncQuestion.extend({
  userId: id,
  positions: z.boolean().default(true),
  newAtCreation: z.boolean().default(false),
});
export type SyncQuestion = z.output<typeof syncQuestion>;

const syncedRoom = z.object({
  roomId: id,
  /** The current name. */
  name: z.string().nullable(),
  seq,
  readSeq: seq,
  hasMore: z.boolean(),
  changes: z.array(syncChange),
  positions: z.array(memberPosition),
  threads: z
    .array(threadPosition)
    .optional()
    .meta({ description: "the caller's positions in threads that have changed, if requested" }),
  reset: z
    .literal(true)
    .optional()
    .meta({
      description:
        'the cursor was ahead of the room, because an older state of the room was restored: discard ' +
        'all local data of the room, load its history and read positions, and continue from this ' +
        '`seq` and `readSeq`',
    }),
});
export type SyncedRoom = z.output<typeof syncedRoom>;

const gainedRoom = z.object({
  roomId: id,
  kind: roomKind,
  name: z.string().nullable(),
  organizationId: id.nullable(),
  people: z
    .array(z.object({ userId: id, username: z.string() }))
    .nullable()
    .meta({ description: 'the people of a direct room; null for other rooms' }),
  /**
   * Cursors for clients that load the room by its history and read positions after this answer.
   * From 0 on, `sync` returns everything.
   */
  seq,
  readSeq: seq,
});
export type GainedRoom = z.output<typeof gainedRoom>;

export const syncAnswer = z.object({
  rooms: z.array(syncedRoom),
  gone: z.array(id),
  gained: z.array(gainedRoom),
  gainedAfter: id
    .nullable()
    .meta({ description: 'if not null, there are more: repeat the call with this as `gained.after`' }),
  account: syncedAccount.optional().meta({ description: 'if requested' }),
});
export type SyncAnswer = z.output<typeof syncAnswer>;
