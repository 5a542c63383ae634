import { type MemberRole, type RoomKind, type RoomMentions, refusalFor } from '@parley/contracts';
import { AppError, type ErrorCode } from '@parley/errors';

/** A room and a user's rights in it. */
export interface Standing {
  room: {
    id: string;
    kind: RoomKind;
    isPrivate: boolean;
    organizationId: string | null;
    name: string | null;
  };
  /** Null: not a member. */
  member: { role: MemberRole; canSend: boolean } | null;
  /** The two users of a direct room; null for other rooms. */
  people: string[] | null;
}

/** Reason to refuse reading; undefined: allowed. */
export function refuseReading(
  standing: Standing | null,
  organizationId?: string | null,
): ErrorCode | undefined {
  if (!standing) return 'room_not_found';
  return standing.member ? undefined : refusalFor(standing.room, organizationId);
}

/** Reason to refuse writing; undefined: allowed. */
export function refuseWriting(standing: Standing | null): ErrorCode | undefined {
  return refuseReading(standing) ?? (standing?.member?.canSend ? undefined : 'blocked');
}

/** A user's right to mention all members of a room depends on these. */
export interface RoomMentionRights {
  /** Null: no member, as far as known here. */
  role: MemberRole | null;
  roomMentions: RoomMentions;
  /** More than `autoRoomMentions` members. */
  isLarge: boolean;
}

/** With `auto`, all members of rooms up to this size may mention all of them. */
export const autoRoomMentions = 50;

export function mayMentionRoom(rights: RoomMentionRights | undefined): boolean {
  if (!rights) return false;
  const { role, roomMentions, isLarge } = rights;
  if (role === 'owner' || role === 'admin' || roomMentions === 'members') return true;
  return roomMentions === 'auto' && !isLarge;
}

export function assertMayRead(
  standing: Standing | null,
  organizationId: string | null,
): asserts standing is Standing {
  const refusal = refuseReading(standing, organizationId);
  if (refusal) throw new AppError(refusal);
}
