/**
 * Event names and fields of one dialect, as the cast needs them. Repeated here from its contract,
 * so that a mistake in the gateway's tables is found.
 */
export interface DialectNames {
  join: (roomId: string) => [event: string, data: unknown];
  send: (roomId: string, content: string, clientId: string) => [event: string, data: unknown];
  /** Reads a numbered event of a room's timeline; undefined for any other event. */
  read: (event: string, data: Fields) => TimelineEvent | undefined;
  /** The event that removes this listener from a room, which must not occur. */
  removed: string;
}

export interface TimelineEvent {
  roomId: string;
  seq: number;
  /** A new (`created`) or changed (`edited`) message; undefined for other numbered events. */
  message: { id: string; content: string; what: 'created' | 'edited' } | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: callers check the fields that they use
type Fields = Record<string, any>;

interface EventNames {
  created: string;
  edited: string;
  /** All other numbered events. */
  others: readonly string[];
  roomOf: (data: Fields) => string;
}

const reader =
  ({ created, edited, others, roomOf }: EventNames): DialectNames['read'] =>
  (event, data) => {
    if (typeof data?.seq !== 'number') return undefined;
    const numbered = { roomId: roomOf(data), seq: data.seq };
    if (event === created)
      return { ...numbered, message: { id: data.id, content: data.content, what: 'created' } };
    if (event === edited)
      return { ...numbered, message: { id: data.id, content: data.content, what: 'edited' } };
    return others.includes(event) ? { ...numbered, message: undefined } : undefined;
  };

export const dialects = {
  snake_case: {
    join: (roomId) => ['join_room', { roomId }],
    send: (roomId, content, clientId) => ['send_message', { roomId, content, clientId }],
    read: reader({
      created: 'receive_message',
      edited: 'message_edited',
      others: ['message_deleted', 'message_reaction', 'user_joined', 'user_left'],
      roomOf: (data) => data.roomId,
    }),
    removed: 'room_removed',
  },
  camelCase: {
    join: (conversationId) => ['joinConversation', { conversationId }],
    send: (conversationId, content, clientId) => ['sendMessage', { conversationId, content, clientId }],
    read: reader({
      created: 'newMessage',
      edited: 'messageEdited',
      others: ['messageDeleted', 'messageReaction', 'userJoined', 'userLeft'],
      roomOf: (data) => data.roomId,
    }),
    removed: 'roomRemoved',
  },
  'kebab-case': {
    join: (groupId) => ['join-group', { group_id: groupId }],
    send: (groupId, content, clientId) => [
      'send-message',
      { receiver_id: groupId, is_group: true, content, client_id: clientId },
    ],
    read: reader({
      created: 'receive-message',
      edited: 'message-edited',
      others: ['message-deleted', 'message-reaction', 'user-joined', 'user-left'],
      roomOf: (data) => data.group_id ?? data.receiver_id,
    }),
    removed: 'group-removed',
  },
} as const satisfies Record<string, DialectNames>;
export type Dialect = keyof typeof dialects;
