/** How a style says what the cast needs: the words and fields of its own contract, written down here once more so that a slip in the tables is seen. */
export interface DialectNames {
  join: (roomId: string) => [event: string, data: unknown];
  send: (roomId: string, content: string, clientId: string) => [event: string, data: unknown];
  /** A numbered event of a room's timeline; undefined: it is none. */
  read: (event: string, data: Fields) => Heard | undefined;
  /** Ends that room for this listener: an event that must not come. */
  removed: string;
}

export interface Heard {
  roomId: string;
  seq: number;
  /** A message that is new (`created`) or has other content now (`edited`); undefined: something else that has a number. */
  message: { id: string; content: string; what: 'created' | 'edited' } | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: fields of events that are checked by what is done with them
type Fields = Record<string, any>;

interface Words {
  created: string;
  edited: string;
  /** Whatever else has a number. */
  others: readonly string[];
  roomOf: (data: Fields) => string;
}

const reader =
  ({ created, edited, others, roomOf }: Words): DialectNames['read'] =>
  (event, data) => {
    if (typeof data?.seq !== 'number') return undefined;
    const heard = { roomId: roomOf(data), seq: data.seq };
    if (event === created)
      return { ...heard, message: { id: data.id, content: data.content, what: 'created' } };
    if (event === edited)
      return { ...heard, message: { id: data.id, content: data.content, what: 'edited' } };
    return others.includes(event) ? { ...heard, message: undefined } : undefined;
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
