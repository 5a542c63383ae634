import type { Message } from '@parley/client';

/** Whether a message of somebody else mentions the reader, by name or with all members. */
export const doesMention = ({ userId, mentions, roomMention, deletedAt }: Message, ownId: string): boolean =>
  userId !== ownId &&
  deletedAt === null &&
  (roomMention !== undefined || mentions?.some((mention) => mention.userId === ownId) === true);

/** Whether the message is in its thread only, and not in the room's timeline. */
export const isOnlyInThread = ({ threadRootSeq, alsoInRoom }: Message): boolean =>
  threadRootSeq !== undefined && !alsoInRoom;
