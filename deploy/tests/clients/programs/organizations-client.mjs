// `organizations`: REST under /api with tokens that it refreshes, and camelCase events over a plain
// WebSocket (or Socket.IO). Like its document's client, it keeps the refresh token of its login.
import { print, takeActions } from './console.mjs';
import { restClient } from './rest.mjs';
import { connect } from './socket-io.mjs';
import { connectFrames } from './web-socket.mjs';

const [url, username, email, organizationName, role] = process.argv.slice(2);
const rest = restClient(url);
const password = 'correct horse';
await rest.must('POST', '/api/auth/register', { username, email, password, organizationName, role });
const {
  accessToken: token,
  refreshToken,
  user,
} = await rest.must('POST', '/api/auth/login', { email, password });
rest.use(token);

const events = [
  'newMessage',
  'userJoined',
  'userLeft',
  'typing',
  'messageReaction',
  'newChatRoom',
  'userStatus',
  'error',
];
const socket = process.env.SOCKET_IO_CLIENT
  ? connect(url, { auth: { token } }, events)
  : connectFrames(url, token, events);
print('user', user);
const userId = user.id;

takeActions({
  refresh: async () => {
    const { accessToken } = await rest.must('POST', '/api/auth/refresh-token', { refreshToken });
    rest.use(accessToken);
  },
  rooms: (page, pageSize) =>
    rest.must('GET', page ? `/api/chat?page=${page}&pageSize=${pageSize}` : '/api/chat'),
  create: (name) => rest.must('POST', '/api/chat', { name }),
  join: (roomId) => void socket.emit('joinRoom', { roomId, userId }),
  leave: (roomId) => void socket.emit('leaveRoom', { roomId, userId }),
  send: (roomId, content) => void socket.emit('sendMessage', { roomId, userId, content }),
  typing: (roomId) => void socket.emit('typing', { roomId, userId }),
  react: (messageId, reaction) => void socket.emit('reactMessage', { userId, messageId, reaction }),
  newRoom: (roomName, roomId, ...invitedUsers) =>
    void socket.emit('newChatRoom', { roomName, invitedUsers, roomId, organizationId: user.organization_id }),
});
