// `groups`: REST calls with the session's token, and kebab-case events over a plain WebSocket (or
// Socket.IO).
import { decode, print, takeActions } from './console.mjs';
import { restClient } from './rest.mjs';
import { connect } from './socket-io.mjs';
import { connectFrames } from './web-socket.mjs';

const [url, entry, email, fullName] = process.argv.slice(2);
const rest = restClient(url);
const credentials = { email, password: 'correct horse' };
const { session, user } = await rest.must('POST', `/auth/${entry}`, {
  ...credentials,
  ...(entry === 'register' && { fullName }),
});
const token = session.access_token;
rest.use(token);
print('claims', decode(token));

const events = ['joined', 'joined-group', 'receive-message', 'message-sent', 'error'];
const socket = process.env.SOCKET_IO_CLIENT
  ? connect(url, { auth: { token } }, events)
  : connectFrames(url, token, events);
print('user', user);

takeActions({
  profile: (fields) => rest.must('PUT', '/user/profile', { id: user.id, ...fields }),
  addContact: (contactId) => rest.must('POST', '/user/add-contact', { contactId }),
  updatePassword: (password) => rest.must('PUT', '/user/update-password', { id: user.id, password }),
  user: (id) => rest.must('GET', `/user/${id}`),
  dashboard: () => rest.must('GET', '/user/dashboard'),
  createGroup: (name, ...members) =>
    rest.must('POST', '/group/create', {
      name,
      description: '',
      group_picture: '',
      created_by: user.id,
      members,
    }),
  addMembers: (group_id, ...user_ids) => rest.must('POST', '/group/add-members', { group_id, user_ids }),
  join: () => void socket.emit('join', user.id),
  joinGroup: (id) => void socket.emit('join-group', id),
  send: (receiver_id, content, is_group) =>
    void socket.emit('send-message', { sender_id: user.id, receiver_id, content, is_group }),
});
