import type {
  DeletedEvent,
  EditedEvent,
  Message,
  MessageEvent,
  ParleyClient,
  PendingMessage,
  PinnedEvent,
  ReactionEvent,
  Sent,
} from '@parley/client';
import { isSame } from './room-changes.ts';

type Reaction = Message['reactions'][number];

export type ChangeEvent = EditedEvent | DeletedEvent | ReactionEvent | PinnedEvent;

/** The message after a change. */
export function afterChange(message: Message, event: ChangeEvent): Message {
  const changed = { ...message, changedSeq: event.seq };
  if (event.type === 'reaction') return { ...changed, reactions: reactionsAfter(message.reactions, event) };
  const { pinned: _, ...unpinned } = changed;
  if (event.type === 'pinned') return { ...unpinned, ...(event.pinned && { pinned: event.pinned }) };
  if (event.type === 'deleted')
    return { ...unpinned, content: '', deletedAt: event.deletedAt, reactions: [] };
  const { username, content, editedAt } = event;
  const { mentions: _mentions, roomMention: _roomMention, ...rest } = unpinned;
  // The name of an erased author is also removed from messages that nobody has edited.
  return {
    ...rest,
    ...optionalOf(event),
    username,
    content,
    editedAt: editedAt === message.createdAt ? message.editedAt : editedAt,
  };
}

/** Keeps the order of known reactions; a new one comes last. */
function reactionsAfter(before: readonly Reaction[], { counts, by }: ReactionEvent): Reaction[] {
  const known = before.map(({ reaction }) => reaction);
  const names = [...known, ...Object.keys(counts).filter((reaction) => !known.includes(reaction))];
  return names.flatMap((reaction) => {
    const count = counts[reaction] ?? 0;
    if (count === 0) return [];
    const userIds = before.find((each) => each.reaction === reaction)?.userIds ?? [];
    if (by?.reaction !== reaction) return [{ reaction, count, userIds }];
    const others = userIds.filter((userId) => userId !== by.userId);
    return [{ reaction, count, userIds: by.on ? [...others, by.userId] : others }];
  });
}

/**
 * Whether the counts say more than the message knows: after an absence, an event has the counts of
 * the reactions only, not their users.
 */
export const lacksUsers = ({ by, counts }: ReactionEvent, { reactions }: Message): boolean =>
  by === null && JSON.stringify(sorted(counts)) !== JSON.stringify(sorted(countsOf(reactions)));

/** Whether both versions of a message show the same. */
export const isSameState = (one: Message, other: Message): boolean =>
  one.username === other.username &&
  one.content === other.content &&
  one.editedAt === other.editedAt &&
  one.deletedAt === other.deletedAt &&
  isSame(optionalOf(one), optionalOf(other)) &&
  isSame(one.reactions, other.reactions);

/** The fields that some messages do not have, and that changes add or remove. */
const optionalOf = ({
  mentions,
  roomMention,
  pinned,
}: Pick<Message, 'mentions' | 'roomMention' | 'pinned'>) => ({
  ...(mentions && { mentions }),
  ...(roomMention && { roomMention }),
  ...(pinned && { pinned }),
});

/** Whether a message of somebody else mentions the user. */
export const doesMention = (
  { userId, mentions, roomMention }: Pick<Message, 'userId' | 'mentions' | 'roomMention'>,
  ownId: string,
): boolean =>
  userId !== ownId && (roomMention !== undefined || !!mentions?.some((mention) => mention.userId === ownId));

/** The fields of a reply in a thread; none for other messages. */
const threadOf = ({ threadRootSeq, alsoInRoom }: ThreadFields) =>
  threadRootSeq && { threadRootSeq, ...(alsoInRoom && { alsoInRoom: true as const }) };
export interface ThreadFields {
  threadRootSeq?: number | undefined;
  /** Of a pending message. */
  threadRoot?: string | undefined;
  alsoInRoom?: boolean | undefined;
}

/** Whether a room's timeline shows the message: otherwise only its thread does. */
export const isInRoom = (
  { showsThreads }: Pick<ParleyClient, 'showsThreads'>,
  { threadRootSeq, threadRoot, alsoInRoom }: ThreadFields,
): boolean => !showsThreads || alsoInRoom === true || (threadRootSeq ?? threadRoot) === undefined;

/** The message of an event, without the fields that the server adds for other clients. */
export function messageOf(event: MessageEvent): Message {
  const { id, roomId, seq, changedSeq, userId, username, isBot, content, clientId, replyTo } = event;
  const { isEncrypted, reactions, createdAt, editedAt, deletedAt } = event;
  return {
    ...{ id, roomId, seq, changedSeq, userId, username, content, clientId, replyTo },
    ...(isBot && { isBot }),
    ...{ isEncrypted, reactions, createdAt, editedAt, deletedAt },
    ...optionalOf(event),
    ...threadOf(event),
  };
}

/** A pending message that is stored now, as its event will show it. */
export function storedMessage(
  { content, clientId, threadRoot, replyTo = threadRoot, isEncrypted = false, alsoInRoom }: PendingMessage,
  { id, roomId, seq, createdAt, threadRootSeq }: Sent,
  { userId, username }: { userId: string; username: string },
): Message {
  return {
    ...{ id, roomId, seq, changedSeq: seq, userId, username, content, clientId },
    ...{ replyTo: replyTo ?? null, isEncrypted, reactions: [], createdAt, editedAt: null, deletedAt: null },
    ...threadOf({ threadRootSeq, alsoInRoom }),
  };
}

const countsOf = (reactions: readonly Reaction[]) =>
  Object.fromEntries(reactions.map(({ reaction, count }) => [reaction, count]));
const sorted = (counts: Record<string, number>) =>
  Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
