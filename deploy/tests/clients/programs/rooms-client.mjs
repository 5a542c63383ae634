// `rooms`: REST under /api/v1, and snake_case events.
import { decode, print, takeActions } from './console.mjs';
import { restClient } from './rest.mjs';
import { connect } from './socket-io.mjs';

const [url, username] = process.argv.slice(2);
const rest = restClient(`${url}/api/v1`);
const password = 'correct horse';
await rest.must('POST', '/auth/register', { username, email: `${username}@example.org`, password });
const { token, user } = await rest.must('POST', '/auth/login', { username, password });
rest.use(token);
print('claims', decode(token));

const socket = connect(url, { auth: { token } }, [
  ...[
    'receive_message',
    'user_joined',
    'user_left',
    'user_typing',
    'user_status',
    'room_joined',
    'room_users',
  ],
  ...['messages_read', 'message_status_updated', 'error'],
]);
print('user', user);

takeActions({
  create: (name, isPrivate) => rest.must('POST', '/rooms', { name, isPrivate }),
  rooms: () => rest.must('GET', '/rooms'),
  room: (roomId) => rest.must('GET', `/rooms/${roomId}`),
  become: (roomId) => rest.must('POST', `/rooms/${roomId}/join`),
  invite: (roomId) => rest.must('POST', `/rooms/${roomId}/invites`),
  accept: (token) => rest.must('POST', `/rooms/invites/${token}/join`),
  quit: (roomId) => rest.must('POST', `/rooms/${roomId}/leave`),
  members: (roomId) => rest.must('GET', `/rooms/${roomId}/members`),
  roomsOf: (userId) => rest.must('GET', `/users/${userId}/rooms`),
  read: (roomId) => rest.must('POST', `/${roomId}/messages/read`),
  history: (roomId) => rest.must('GET', `/rooms/${roomId}/messages`),
  join: (roomId) => void socket.emit('join_room', { roomId }),
  leave: (roomId) => void socket.emit('leave_room', { roomId }),
  send: (roomId, content) => void socket.emit('send_message', { roomId, content }),
  seen: (roomId, messageId) => void socket.emit('message_read', { messageId, roomId }),
  typing: (roomId, isTyping) => void socket.emit('typing', { roomId, isTyping }),
  users: (roomId) => void socket.emit('get_room_users', { roomId }),
});
