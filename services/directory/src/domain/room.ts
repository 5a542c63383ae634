import type { MemberRole, RoomKind, RoomState } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Viewer } from './viewer.ts';

export interface Room {
  id: string;
  kind: RoomKind;
  name: string | null;
  description: string;
  picture: string;
  isPrivate: boolean;
  /** Direct rooms belong to their two people, never to an organization. */
  organizationId: string | null;
  ownerId: string | null;
  createdBy: string | null;
  memberCount: number;
  membershipVersion: number;
  createdAt: Date;
  updatedAt: Date;
}

export const stateOf = ({ id, kind, name, isPrivate, organizationId }: Room): RoomState => ({
  id,
  kind,
  name,
  isPrivate,
  organizationId,
});

/** Who may see a room, and join it, without being a member: people of its own organization; for rooms of none, everybody. */
export const isOpenTo = (room: Room, viewer: Viewer): boolean =>
  room.kind === 'channel' &&
  !room.isPrivate &&
  (room.organizationId === null || room.organizationId === viewer.organizationId);

/** Why somebody who is not a member is refused. */
export const refusal = (room: Room | undefined, viewer: Viewer): AppError =>
  new AppError(room && isOpenTo(room, viewer) ? 'not_authorized' : 'room_not_found');

const ranks: Record<MemberRole, number> = { member: 0, admin: 1, owner: 2 };
export const outranks = (role: MemberRole, other: MemberRole): boolean => ranks[role] > ranks[other];

/** @throws AppError `not_authorized` for a lower role */
export function requireRole(role: MemberRole, least: MemberRole): void {
  if (outranks(least, role)) throw new AppError('not_authorized');
}

/** Direct rooms have two people, always the same, and no owner. */
export function forbidDirect(room: Room): void {
  if (room.kind === 'direct') throw new AppError('room_kind');
}

/** One key for two people, whichever is named first. */
export const pairKey = (a: string, b: string): string => (a < b ? `${a}:${b}` : `${b}:${a}`);
