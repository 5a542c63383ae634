import { type MemberRole, type RoomKind, refusalFor } from '@parley/contracts';
import { AppError, type ErrorCode } from '@parley/errors';

/** A room and somebody's place in it, as far as the writer must know. */
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
  /** Direct rooms: the two people. */
  people: string[] | null;
}

/** Why this person may not read there; undefined: they may. */
export function refuseReading(
  standing: Standing | null,
  organizationId?: string | null,
): ErrorCode | undefined {
  if (!standing) return 'room_not_found';
  return standing.member ? undefined : refusalFor(standing.room, organizationId);
}

/** Why this person may not write there; undefined: they may. */
export function refuseWriting(standing: Standing | null): ErrorCode | undefined {
  return refuseReading(standing) ?? (standing?.member?.canSend ? undefined : 'blocked');
}

export function assertMayRead(
  standing: Standing | null,
  organizationId: string | null,
): asserts standing is Standing {
  const refusal = refuseReading(standing, organizationId);
  if (refusal) throw new AppError(refusal);
}
