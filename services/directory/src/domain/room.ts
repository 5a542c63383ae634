import {
  type EventData,
  type MemberRole,
  maxEventPictureLength,
  type RoomKind,
  type RoomMentions,
  type RoomState,
} from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Viewer } from './viewer.ts';

export interface Room {
  id: string;
  kind: RoomKind;
  name: string | null;
  description: string;
  picture: string;
  isPrivate: boolean;
  earlierUnread: boolean;
  roomMentions: RoomMentions;
  /** Null for direct rooms, which belong to their two members rather than to an organization. */
  organizationId: string | null;
  ownerId: string | null;
  createdBy: string | null;
  memberCount: number;
  membershipVersion: number;
  createdAt: Date;
  updatedAt: Date;
}

/** The part of a room that other services receive. */
export const stateOf = ({
  id,
  kind,
  name,
  isPrivate,
  organizationId,
  earlierUnread,
  roomMentions,
  memberCount,
}: RoomState): RoomState => ({
  id,
  kind,
  name,
  isPrivate,
  organizationId,
  earlierUnread,
  roomMentions,
  memberCount,
});

/** See `roomDetails`. */
export const detailsOf = ({ description, picture }: Room): EventData<'room.updated'>['details'] => ({
  description,
  ...(picture.length <= maxEventPictureLength && { picture }),
});

/**
 * Whether a non-member may see and join the room: users of its organization, or any user if it has
 * none.
 */
export const isOpenTo = (room: Room, viewer: Viewer): boolean =>
  room.kind === 'channel' &&
  !room.isPrivate &&
  (room.organizationId === null || room.organizationId === viewer.organizationId);

/** The error for a non-member. */
export const refusal = (room: Room | undefined, viewer: Viewer): AppError =>
  new AppError(room && isOpenTo(room, viewer) ? 'not_authorized' : 'room_not_found');

const ranks: Record<MemberRole, number> = { member: 0, admin: 1, owner: 2 };
export const outranks = (role: MemberRole, other: MemberRole): boolean => ranks[role] > ranks[other];

/** @throws AppError `not_authorized` for a lower role */
export function requireRole(role: MemberRole, minRole: MemberRole): void {
  if (outranks(minRole, role)) throw new AppError('not_authorized');
}

/** Direct rooms always have the same two members, and no owner. */
export function forbidDirect(room: Room): void {
  if (room.kind === 'direct') throw new AppError('room_kind');
}

/** The key of a pair of users, in any order. */
export const pairKey = (a: string, b: string): string => (a < b ? `${a}:${b}` : `${b}:${a}`);
