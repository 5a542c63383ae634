import { z } from 'zod';
import { id, seq, time } from './common.ts';
import { message } from './message.ts';
import { roomKind } from './room.ts';

/** Rooms that one sync takes; who knows more of them asks several times. */
export const maxSyncedRooms = 500;

/** Where a client is in a room: up to these numbers it knows everything. */
const roomCursor = z.object({
  roomId: id,
  seq,
  readSeq: seq
    .default(0)
    .meta({ description: "the answered `readSeq`; without it, all members' positions are told" }),
});

/** One change of a timeline as `sync` tells it: the present state of what changed. */
export const syncChange = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('message'), seq, message }),
    z.object({
      kind: z.enum(['joined', 'left']),
      seq,
      userId: id,
      username: z.string(),
      time: z.string(),
    }),
  ])
  .meta({ id: 'SyncChange' });
export type SyncChange = z.output<typeof syncChange>;

/** How far a member has come in a room. */
export const memberPosition = z
  .object({
    userId: id,
    username: z.string(),
    /** Read up to here; 0 with `readAt: null`: nothing yet. */
    seq,
    readAt: time.nullable(),
    /** It has reached a device of theirs up to here; never behind what is read. */
    deliveredSeq: seq,
  })
  .meta({ id: 'MemberPosition' });
export type MemberPosition = z.output<typeof memberPosition>;

export const syncQuestion = z.object({
  rooms: z.array(roomCursor).max(maxSyncedRooms, `at most ${maxSyncedRooms} rooms; ask in several calls`),
  gained: z.object({ after: id.optional(), upTo: id.optional() }).optional().meta({
    description:
      "asks for the caller's rooms that are not among `rooms`, of those whose id is after `after` and not beyond `upTo` (without them: of all)",
  }),
  limit: z.number().int().min(1).max(1_000).default(200).meta({ description: 'changes per room' }),
});
export type SyncQuestion = z.output<typeof syncQuestion>;

const syncedRoom = z.object({
  roomId: id,
  /** As it is now. */
  name: z.string().nullable(),
  seq,
  readSeq: seq,
  hasMore: z.boolean(),
  changes: z.array(syncChange),
  positions: z.array(memberPosition),
  reset: z.literal(true).optional().meta({
    description:
      'the cursor was ahead of the room, since an older state of it has been restored: what is held of it is void; load it by its history and read positions, and go on from this `seq` and `readSeq`',
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
    .meta({ description: 'of a direct room; null for others' }),
  /** Cursors for who loads the room by its history and read positions after this answer; from 0 on, `sync` tells all of it. */
  seq,
  readSeq: seq,
});
export type GainedRoom = z.output<typeof gainedRoom>;

export const syncAnswer = z.object({
  rooms: z.array(syncedRoom),
  gone: z.array(id),
  gained: z.array(gainedRoom),
  gainedAfter: id.nullable().meta({ description: 'there are more: ask again with this as `gained.after`' }),
});
export type SyncAnswer = z.output<typeof syncAnswer>;
