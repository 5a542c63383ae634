import { z } from 'zod';
import { freeText, id, optionalText, shownName, time } from './common.ts';
import { roomMentions } from './mention.ts';
import { isBot } from './user.ts';

export const roomKind = z.enum(['direct', 'group', 'channel']);
export type RoomKind = z.output<typeof roomKind>;

export const memberRole = z.enum(['owner', 'admin', 'member']);
export type MemberRole = z.output<typeof memberRole>;

export const roomName = shownName(3, 30);

export const room = z
  .object({
    id,
    kind: roomKind,
    name: z.string().nullable().meta({ description: 'null for direct rooms' }),
    description: optionalText(1_000),
    picture: freeText,
    /** Private rooms are visible to members only and joined by invitation. */
    isPrivate: z.boolean(),
    earlierUnread: z.boolean().meta({
      description: 'whether messages from before a member joined count as unread for that member',
    }),
    roomMentions,
    organizationId: id.nullable(),
    /** Null when that user's account no longer exists. */
    ownerId: id.nullable(),
    createdBy: id.nullable(),
    memberCount: z.number().int(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Room' });

/** Longer pictures are left out of events. */
export const maxEventPictureLength = 2_000;

/** The details of a changed room that events contain in addition to its `RoomState`. */
export const roomDetails = z.object({
  description: z.string(),
  picture: z.string().optional().meta({
    description: 'absent if longer than 2,000 characters: see `GET /api/v1/rooms/:roomId`',
  }),
});

export const member = z
  .object({
    roomId: id,
    userId: id,
    username: z.string(),
    name: z.string(),
    isBot,
    role: memberRole,
    joinedAt: time,
  })
  .meta({ id: 'Member' });
export type Member = z.output<typeof member>;
