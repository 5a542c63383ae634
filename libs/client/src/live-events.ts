import type { ServerEvent, ServerPayload } from '@parley/contracts';
import type { TimelineEvent } from './events.ts';

type Translations = { [E in ServerEvent]?: (payload: ServerPayload<E>) => TimelineEvent | undefined };

/** Translates the server's numbered events to ours. */
const translations: Translations = {
  receive_message: ({ timestamp: _, ...message }) => ({
    type: 'message',
    ...message,
    changedSeq: message.seq,
    reactions: [],
    editedAt: null,
    deletedAt: null,
  }),
  message_edited: ({ timestamp: _, ...edited }) => ({ type: 'edited', ...edited }),
  message_deleted: ({ timestamp: _, ...deleted }) => ({ type: 'deleted', ...deleted }),
  message_reaction: ({ messageId, roomId, seq, counts, userId, username, reaction, on }) => ({
    type: 'reaction',
    messageId,
    roomId,
    seq,
    counts,
    by: { userId, username, reaction, on },
  }),
  message_pinned: ({ messageId, roomId, seq, userId, username, on, timestamp: at }) => ({
    ...{ type: 'pinned', messageId, roomId, seq, pinned: on ? { userId, at } : null },
    by: { userId, username },
  }),
  // Without a number, the event only says that a member opened or closed the room, and the
  // membership is unchanged.
  user_joined: (payload) => member('joined', payload),
  user_left: (payload) => member('left', payload),
};

/** Undefined for events without a number in a timeline. */
export function timelineEvent(name: string, payload: unknown): TimelineEvent | undefined {
  if (!Object.hasOwn(translations, name)) return undefined;
  const translate = translations[name as ServerEvent] as (payload: unknown) => TimelineEvent | undefined;
  return translate(payload);
}

function member(type: 'joined' | 'left', payload: ServerPayload<'user_joined'>): TimelineEvent | undefined {
  const { timestamp, roomId, seq, userId, username, isBot, atCreation } = payload;
  const event = {
    ...{ type, roomId, userId, username, time: timestamp },
    ...(isBot && { isBot }),
    ...(atCreation && { atCreation }),
  };
  return seq === undefined ? undefined : { ...event, seq };
}
