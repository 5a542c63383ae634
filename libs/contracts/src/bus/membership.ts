import { z } from 'zod';
import { id } from '../schemas/common.ts';
import { roomMentions } from '../schemas/mention.ts';
import { memberRole, roomKind } from '../schemas/room.ts';
import { isBot } from '../schemas/user.ts';

/** The data that other services keep about a room. */
export const roomState = z.object({
  id,
  kind: roomKind,
  name: z.string().nullable(),
  isPrivate: z.boolean(),
  organizationId: id.nullable(),
  /** See `room`. Absent from older releases. */
  earlierUnread: z.boolean().optional(),
  /** See `room`. Absent from older releases. */
  roomMentions: roomMentions.optional(),
  /**
   * Members when this was stated. Decides what a large room announces, so it may be out of date.
   * Absent from older releases.
   */
  memberCount: z.number().int().optional(),
});
export type RoomState = z.output<typeof roomState>;

/**
 * The data that other services keep about a member. `version` counts the changes of the room's
 * membership. Of two states of a member, the higher version is newer, in whatever order they
 * arrive.
 */
export const membership = z.object({
  roomId: id,
  userId: id,
  username: z.string(),
  /** Absent from older releases where members are not listed. */
  isBot,
  role: memberRole,
  /** False while either person of a direct room blocks the other. */
  canSend: z.boolean(),
  version: z.number().int(),
});
export type Membership = z.output<typeof membership>;

/**
 * The reason for refusing a non-member. Rooms that they may not see do not exist for them.
 * @param organizationId the caller's; when absent, rooms of organizations stay hidden
 */
export function refusalFor(
  room: RoomState | null,
  organizationId?: string | null,
): 'room_not_found' | 'not_authorized' {
  if (!room || room.isPrivate || room.kind !== 'channel') return 'room_not_found';
  return room.organizationId === null || room.organizationId === organizationId
    ? 'not_authorized'
    : 'room_not_found';
}
