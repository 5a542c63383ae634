import { z } from 'zod';
import { id } from './common.ts';

/** Users whom one message mentions at most, named by the client or found in its text. */
export const maxMentionedUsers = 50;

const mentionedUsers = z.array(id).max(maxMentionedUsers, `at most ${maxMentionedUsers} users`).default([]);

/** The mentions of a message, which its client states. */
export const mentionRequest = z
  .object({
    userIds: mentionedUsers.meta({ description: 'users who are not members of the room are left out' }),
    room: z.boolean().default(false).meta({
      description: "all members; limited by the room's `roomMentions` and to one in 5 minutes per room",
    }),
  })
  .meta({
    description:
      'takes precedence over the text; without it, each `@name` in the text mentions the member with ' +
      'the longest name that fits, and `@room` all members, if the sender may mention them now. ' +
      'Required for mentions in encrypted messages, because nothing looks for names there',
  });
export type MentionRequest = z.output<typeof mentionRequest>;

/** Absent for a user whom the text does not name. */
const place = {
  start: z.number().int().optional().meta({
    description:
      'of the `@` in `content`, in UTF-16 code units; absent if the content does not contain the name',
  }),
  length: z.number().int().optional().meta({ description: 'with the `@`' }),
};

/** A user whom a message mentions; repeated for each place. */
const mention = z.object({ userId: id, ...place });
export type Mention = z.output<typeof mention>;

/** The message mentions all members of the room. */
const roomMention = z.object(place);
export type RoomMention = z.output<typeof roomMention>;

/** The fields of messages and of their events. Absent without a mention. */
export const mentionFields = {
  mentions: z
    .array(mention)
    .optional()
    .meta({ description: 'by id, so they survive renames. May be absent without a mention' }),
  roomMention: roomMention.optional().meta({ description: 'mentions all members of the room' }),
};

/** The members who may mention all members of a room. */
export const roomMentions = z.enum(['auto', 'admins', 'members']).meta({
  description:
    'who may mention all members: the owner and admins, or all `members`; `auto`: all members of a ' +
    'room of up to 50, in larger rooms the owner and admins',
});
export type RoomMentions = z.output<typeof roomMentions>;
