import type { Message, SyncChange } from '@parley/contracts';
import { erasedName } from './erased-name.ts';
import type { TimelineEvent } from './events.ts';

/**
 * Converts the result of a sync to ordered events. A new message appears at the place of its
 * creation, in its current state; a known one at the place of its last change.
 * @param cursor everything up to here was emitted before
 * @param created messages of the same range from the history. A page of a sync lacks those that
 *   changed after the page's end
 */
export function catchUp(
  roomId: string,
  changes: readonly SyncChange[],
  created: readonly Message[],
  cursor: number,
): TimelineEvent[] {
  const messages = new Map(created.map((message) => [message.id, message]));
  const others: TimelineEvent[] = [];
  for (const change of changes) {
    if (change.kind !== 'message') {
      const { kind, ...fields } = change;
      others.push({ type: kind, roomId, ...fields });
    } else if (change.message.seq > cursor) messages.set(change.message.id, change.message);
    else others.push(...presentState(change.message, change.seq));
  }
  const events = [...messages.values()]
    .filter(({ seq }) => seq > cursor)
    .map((message): TimelineEvent => ({ type: 'message', ...message }));
  return [...events, ...others].sort((a, b) => a.seq - b.seq);
}

function presentState(message: Message, seq: number): TimelineEvent[] {
  const { id, roomId, userId, username, isBot, content, createdAt, editedAt } = message;
  const { deletedAt, reactions, mentions, roomMention, pinned } = message;
  const author = { userId, username, ...(isBot && { isBot }) };
  if (deletedAt !== null) return [{ type: 'deleted', id, roomId, seq, deletedAt }];
  const counts = Object.fromEntries(reactions.map(({ reaction, count }) => [reaction, count]));
  return [
    // As the server announces it: the author may have been erased, and nothing else has changed.
    ...(editedAt === null && username !== erasedName
      ? []
      : [
          {
            type: 'edited' as const,
            ...{ id, roomId, seq, ...author, content, editedAt: editedAt ?? createdAt },
            ...(mentions && { mentions }),
            ...(roomMention && { roomMention }),
            ...(pinned && { pinned }),
          },
        ]),
    { type: 'reaction', messageId: id, roomId, seq, counts, by: null },
    { type: 'pinned', messageId: id, roomId, seq, pinned: pinned ?? null, by: null },
  ];
}
