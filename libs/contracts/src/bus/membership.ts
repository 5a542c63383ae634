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
