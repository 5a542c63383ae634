// `conversations`: acts like a browser front end, with REST for its screens, one socket for
// messages, and one for notifications.
import { decode, print, takeActions } from './console.mjs';
import { restClient } from './rest.mjs';
import { connect } from './socket-io.mjs';

const [url, entry, username] = process.argv.slice(2);
const rest = restClient(url);
const credentials = { username, password: 'correct horse' };
const { token, user } = await rest.must('POST', `/auth/${entry}`, {
  ...credentials,
  ...(entry === 'register' && { email: `${username}@example.org` }),
});
rest.use(token);
print('claims', decode(token));

const socket = connect(url, { auth: { token } }, [
  'newMessage',
  'userTyping',
  'userStatus',
  'messageStatus',
  'error',
]);
connect(`${url}/notifications`, { auth: { token } }, ['notifications:connected', 'notification', 'error']);
print('user', user);

takeActions({
  conversations: () => rest.must('GET', '/conversations'),
  create: (name, ...participant_ids) =>
    rest.must('POST', '/conversations', { name, is_group: Boolean(name), participant_ids }),
  open: (conversationId) => void socket.emit('joinConversation', conversationId),
  close: (conversationId) => void socket.emit('leaveConversation', conversationId),
  send: (conversation_id, content) => void socket.emit('sendMessage', { content, conversation_id }),
  typing: (conversationId, isTyping) => void socket.emit('typing', { conversationId, isTyping }),
  post: (conversation_id, content) => rest.must('POST', '/messages', { content, conversation_id }),
  mark: (messageId, status) => rest.must('PUT', `/messages/${messageId}/status`, { status }),
  notifications: () => rest.must('GET', '/notifications/unread'),
  logout: () => rest.must('POST', '/auth/logout'),
});
