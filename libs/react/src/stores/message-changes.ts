import type {
  DeletedEvent,
  EditedEvent,
  Message,
  MessageEvent,
  PendingMessage,
  ReactionEvent,
  Sent,
} from '@parley/client';
import { isSame } from './room-changes.ts';

type Reaction = Message['reactions'][number];

/** The message after an edit, a deletion or a reaction. */
export function afterChange(message: Message, event: EditedEvent | DeletedEvent | ReactionEvent): Message {
  const changed = { ...message, changedSeq: event.seq };
  if (event.type === 'edited') return { ...changed, content: event.content, editedAt: event.editedAt };
  if (event.type === 'deleted') return { ...changed, content: '', deletedAt: event.deletedAt, reactions: [] };
  return { ...changed, reactions: reactionsAfter(message.reactions, event) };
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
  one.content === other.content &&
  one.editedAt === other.editedAt &&
  one.deletedAt === other.deletedAt &&
  isSame(one.reactions, other.reactions);

/** The message of an event, without the fields that the server adds for other clients. */
export function messageOf(event: MessageEvent): Message {
  const { id, roomId, seq, changedSeq, userId, username, content, clientId, replyTo } = event;
  const { isEncrypted, reactions, createdAt, editedAt, deletedAt } = event;
  return {
    ...{ id, roomId, seq, changedSeq, userId, username, content, clientId, replyTo },
    ...{ isEncrypted, reactions, createdAt, editedAt, deletedAt },
  };
}

/** A pending message that is stored now, as its event will show it. */
export function storedMessage(
  { content, clientId, replyTo, isEncrypted = false }: PendingMessage,
  { id, roomId, seq, createdAt }: Sent,
  { userId, username }: { userId: string; username: string },
): Message {
  return {
    ...{ id, roomId, seq, changedSeq: seq, userId, username, content, clientId },
    ...{ replyTo: replyTo ?? null, isEncrypted, reactions: [], createdAt, editedAt: null, deletedAt: null },
  };
}

const countsOf = (reactions: readonly Reaction[]) =>
  Object.fromEntries(reactions.map(({ reaction, count }) => [reaction, count]));
const sorted = (counts: Record<string, number>) =>
  Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
