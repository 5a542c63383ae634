import { z } from 'zod';
import { id } from '../schemas/common.ts';
import { memberRole, roomKind } from '../schemas/room.ts';

/** What other services keep of a room. */
export const roomState = z.object({
  id,
  kind: roomKind,
  name: z.string().nullable(),
  isPrivate: z.boolean(),
  organizationId: id.nullable(),
});
export type RoomState = z.output<typeof roomState>;

/**
 * What other services keep of a member. `version` counts the changes of the room's membership: of two states of one
 * member the one with the higher version is the later, in whatever order they arrive.
 */
export const membership = z.object({
  roomId: id,
  userId: id,
  username: z.string(),
  role: memberRole,
  /** False while one of the two in a direct room blocks the other. */
  canSend: z.boolean(),
  version: z.number().int(),
});
export type Membership = z.output<typeof membership>;

/**
 * Why somebody who is not a member is refused: of a room that they may not even see, we say that it does not exist.
 * @param organizationId the asker's; absent where it is not known (then rooms of organizations stay hidden)
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
