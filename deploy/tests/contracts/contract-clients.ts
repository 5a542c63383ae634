import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import { type createCast, password } from './cast.ts';
import type { Connection } from './connections.ts';

export interface ContractUser {
  id: string;
  username: string;
  token: string;
  refreshToken: string;
  /** If the contract has organizations. */
  organizationName?: string;
}
type Cast = ReturnType<typeof createCast>;
export interface Seat {
  user: ContractUser;
  connection: Connection;
}
type Event = [event: string, fields: Record<string, unknown>, present?: readonly string[]];

interface Said {
  roomId: string;
  sender: ContractUser;
  content: string;
  /** The other person of a direct room. */
  receiver?: ContractUser | undefined;
}

/** The actions of a contract's clients, and the events that its document promises them. */
export interface ContractClient {
  /** @param organizationName of an existing organization, if the contract has organizations */
  register(cast: Cast, organizationName?: string): Promise<ContractUser>;
  /** Creates a group, and answers its id. Absent if the document has no groups. */
  createGroup?(cast: Cast, seat: Seat, name: string, members: readonly ContractUser[]): Promise<string>;
  /** Opens the room with another user, if the document has an event or a call for it. */
  openDirect?(cast: Cast, seat: Seat, other: ContractUser): Promise<string>;
  /** Joins the room, where the document requires it to receive messages. */
  join?(seat: Seat, roomId: string): Promise<unknown>;
  /** Absent if the document has no event that sends to a group. */
  sayInGroup?(seat: Seat, roomId: string, content: string): void;
  /** Absent if the document has no direct rooms. */
  sayTo?(seat: Seat, other: ContractUser, roomId: string, content: string): void;
  /** Marks a message as read, if the document has a way to. */
  read?(cast: Cast, seat: Seat, roomId: string, messageId: string): unknown;
  /** The event of a message, as others receive it. */
  message(said: Said): Event;
  /** The event that the sender itself receives. @default as `message` */
  sent?(said: Said): Event;
  /** The event of a group that the user was added to, without joining it. */
  added?(roomId: string, name: string): Event;
  /** The event of a message that a user has read. */
  wasRead?(roomId: string, messageId: string, reader: ContractUser): Event;
  /** The event of a user of a common room who has gone offline. */
  wentOffline?(user: ContractUser): Event;
}

const registered = async (cast: Cast, path: string, body: object): Promise<Json> => {
  const answer = await cast.ask('POST', path, { ...body, password });
  expect([path, answer.status]).toEqual([path, 201]);
  return answer.body;
};
const named = (contract: string) => {
  const username = `${contract}-${randomUUID().slice(0, 13)}`;
  return { username, email: `${username}@example.org` };
};

const groups: ContractClient = {
  register: async (cast) => {
    const { email } = named('groups');
    const { user, session, refreshToken } = await registered(cast, '/auth/register', {
      email,
      fullName: 'Manoj Singh',
    });
    return { id: user.id, username: user.username, token: session.access_token, refreshToken };
  },
  createGroup: async (cast, { user }, name, members) => {
    const body = { name, created_by: user.id, members: members.map(({ id }) => id) };
    return (await cast.must(user, 'POST', '/group/create', body)).id;
  },
  sayInGroup: ({ user, connection }, receiver_id, content) =>
    connection.emit('send-message', { sender_id: user.id, receiver_id, content, is_group: true }),
  sayTo: ({ user, connection }, other, _roomId, content) =>
    connection.emit('send-message', { sender_id: user.id, receiver_id: other.id, content, is_group: false }),
  message: ({ roomId, sender, content, receiver }) => [
    'receive-message',
    {
      sender_id: sender.id,
      receiver_id: receiver?.id ?? roomId,
      is_group: receiver === undefined,
      content,
    },
    ['id', 'created_at', 'seq'],
  ],
};

const organizations: ContractClient = {
  register: async (cast, existing) => {
    const organizationName = existing ?? `Org ${randomUUID()}`;
    const role = existing === undefined ? 'admin' : 'user';
    const body = { ...named('organizations'), organizationName, role };
    const { user, accessToken, refreshToken } = await registered(cast, '/api/auth/register', body);
    return { id: user.id, username: user.username, token: accessToken, refreshToken, organizationName };
  },
  createGroup: async (_cast, { connection }, roomName, members) => {
    const invitedUsers = members.map(({ id }) => id);
    connection.emit('newChatRoom', { roomName, invitedUsers, roomId: '2', organizationId: 1 });
    return (await connection.receives('newChatRoom', { roomName })).roomId;
  },
  join: async ({ user, connection }, roomId) => {
    connection.emit('joinRoom', { roomId, userId: user.id });
    await connection.receives('userJoined', { roomId, userId: user.id });
  },
  sayInGroup: ({ user, connection }, roomId, content) =>
    connection.emit('sendMessage', { roomId, userId: user.id, content }),
  message: ({ roomId, sender, content }) => [
    'newMessage',
    { roomId, userId: sender.id, username: sender.username, content, chat_room_id: roomId },
    ['id', 'created_at', 'is_encrypted'],
  ],
  added: (roomId, roomName) => ['newChatRoom', { roomId, roomName }],
  wentOffline: ({ id }) => ['userStatus', { userId: id, status: 'offline' }],
};

const directMessage = ({ roomId, sender, content, receiver }: Said) => ({
  sender_id: sender.id,
  receiver_id: receiver?.id ?? roomId,
  content,
  message: content,
});
const direct: ContractClient = {
  register: async (cast) => {
    const { email } = named('direct');
    const { user, token, refreshToken } = await registered(cast, '/api/auth/register', { email });
    return { id: user.id, username: user.username, token, refreshToken };
  },
  sayTo: ({ connection }, other, _roomId, message) =>
    connection.emit('send_message', { to: other.id, message }),
  message: (said) => [
    'receive_message',
    { from: said.sender.id, ...directMessage(said) },
    ['id', 'timestamp', 'created_at', 'roomId', 'seq'],
  ],
  sent: (said) => ['message_sent', { to: said.receiver?.id, ...directMessage(said) }, ['id', 'created_at']],
};

const conversations: ContractClient = {
  register: async (cast) => {
    const { user, token, refreshToken } = await registered(cast, '/auth/register', named('conversations'));
    return { id: user.user_id, username: user.username, token, refreshToken };
  },
  createGroup: async (cast, { user }, name, members) => {
    const participant_ids = members.map(({ id }) => id);
    const body = { name, is_group: true, participant_ids };
    return (await cast.must(user, 'POST', '/conversations', body)).conversation_id;
  },
  openDirect: async (cast, { user }, other) => {
    const body = { is_group: false, participant_ids: [user.id, other.id] };
    return (await cast.must(user, 'POST', '/conversations', body)).conversation_id;
  },
  sayInGroup: ({ connection }, conversation_id, content) =>
    connection.emit('sendMessage', { content, conversation_id }),
  sayTo: ({ connection }, _other, conversation_id, content) =>
    connection.emit('sendMessage', { content, conversation_id }),
  read: (cast, { user }, _roomId, id) => cast.must(user, 'PUT', `/messages/${id}/status`, { status: 'read' }),
  message: ({ roomId, sender, content }) => [
    'newMessage',
    {
      conversation_id: roomId,
      sender_id: sender.id,
      content,
      status: 'sent',
      is_edited: false,
      deleted_at: null,
    },
    ['message_id', 'created_at', 'updated_at'],
  ],
  added: (roomId, name) => [
    'notification',
    {
      type: 'group_invite',
      is_read: false,
      metadata: expect.objectContaining({ conversation_id: roomId, group_name: name }),
    },
    ['notification_id', 'title', 'content', 'created_at'],
  ],
  wasRead: (_roomId, messageId, { id }) => ['messageStatus', { messageId, userId: id, status: 'read' }],
  wentOffline: ({ id }) => ['userStatus', { userId: id, status: 'offline' }],
};

const rooms: ContractClient = {
  register: async (cast) => {
    const { user, token, refreshToken } = await registered(cast, '/api/v1/auth/register', named('rooms'));
    return { id: user.id, username: user.username, token, refreshToken };
  },
  createGroup: async (cast, { user }, name, members) => {
    const { id } = await cast.must(user, 'POST', '/api/v1/rooms', { name });
    for (const member of members) await cast.must(member, 'POST', `/api/v1/rooms/${id}/join`);
    return id;
  },
  openDirect: async (cast, { user }, other) =>
    (await cast.must(user, 'POST', '/api/v1/rooms', { kind: 'direct', userId: other.id })).id,
  join: async ({ connection }, roomId) => {
    connection.emit('join_room', { roomId });
    await connection.receives('room_joined', { roomId });
  },
  sayInGroup: ({ connection }, roomId, content) => connection.emit('send_message', { roomId, content }),
  sayTo: ({ connection }, _other, roomId, content) => connection.emit('send_message', { roomId, content }),
  read: (_cast, { connection }, roomId, messageId) => connection.emit('message_read', { messageId, roomId }),
  message: ({ roomId, sender, content }) => [
    'receive_message',
    { roomId, userId: sender.id, username: sender.username, content },
    ['id', 'createdAt', 'timestamp'],
  ],
  wasRead: (_roomId, messageId, { id }) => [
    'message_status_updated',
    { messageId, status: 'read', readerId: id },
    ['timestamp'],
  ],
  wentOffline: ({ id, username }) => [
    'user_status',
    { userId: id, username, status: 'offline' },
    ['timestamp'],
  ],
};

export const contractClients = { groups, organizations, direct, conversations, rooms };
export type ContractName = keyof typeof contractClients;
