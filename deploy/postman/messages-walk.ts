import type { Step, Walk } from './walk.ts';

const roomId = '{{room}}';
const inRoom = { path: { roomId } };
const about = (messageId: string) => ({ path: { roomId, messageId } });

const users: Step[] = ['ada', 'bob'].map((name) => ({
  call: 'register',
  body: { username: `${name}-{{run}}`, email: `${name}-{{run}}@example.org`, password: 'correct horse' },
  keep: { [name]: 'user.id', [`${name}Token`]: 'accessToken' },
}));

/** Everything about messages, threads and users' own settings, in the canonical API. */
export const messagesWalk: Walk = {
  description: 'Messages, mentions, threads, search, settings, pins, bookmarks, drafts and copies.',
  steps: [
    ...users,
    {
      call: 'createRoom',
      as: 'ada',
      body: { name: 'Greenhouse', isPrivate: false },
      keep: { room: 'id' },
    },
    { call: 'joinRoom', as: 'bob', ...inRoom },
    {
      call: 'sendMessage',
      as: 'ada',
      ...inRoom,
      body: { content: 'Who waters the tomatoes?', clientId: 'tomatoes-1' },
      keep: { message: 'id' },
    },
    { call: 'getMessage', as: 'bob', ...about('{{message}}') },
    {
      call: 'editMessage',
      as: 'ada',
      ...about('{{message}}'),
      body: { content: 'Who waters the red tomatoes?', mentions: { userIds: ['{{bob}}'], room: false } },
    },
    { call: 'reactToMessage', as: 'bob', ...about('{{message}}'), body: { reaction: '👍', on: true } },
    { call: 'getHistory', as: 'bob', ...inRoom, query: { limit: '50', threads: 'true' } },
    { call: 'getUnread', as: 'bob', query: { threads: 'true' } },
    {
      call: 'sendMessage',
      as: 'bob',
      ...inRoom,
      body: { content: 'I do.', threadRoot: '{{message}}', alsoInRoom: true },
      keep: { reply: 'id' },
    },
    { call: 'getUnreadThreads', as: 'ada' },
    { call: 'listThreads', as: 'ada', ...inRoom, query: { filter: 'unread' } },
    { call: 'getThread', as: 'ada', ...about('{{message}}') },
    { call: 'readThread', as: 'ada', ...about('{{message}}'), body: {} },
    { call: 'unfollowThread', as: 'bob', ...about('{{message}}') },
    { call: 'followThread', as: 'bob', ...about('{{message}}') },
    { call: 'readThreads', as: 'bob', ...inRoom },
    { call: 'searchMessages', as: 'bob', query: { q: 'red tomat', roomId } },
    { call: 'searchMessages', as: 'bob', query: { mentions: 'me' } },
    { call: 'searchMessages', as: 'ada', query: { inThread: '{{message}}', from: '{{bob}}' } },
    { call: 'putRoomSettings', as: 'bob', ...inRoom, body: { level: 'mentions', roomMentions: false } },
    {
      call: 'putNotificationSettings',
      as: 'bob',
      body: { level: 'all', quietHours: { tz: 'Europe/Berlin', from: '22:00', to: '07:00' } },
    },
    { call: 'pinMessage', as: 'ada', ...about('{{message}}') },
    { call: 'listPins', as: 'bob', ...inRoom },
    { call: 'unpinMessage', as: 'ada', ...about('{{message}}') },
    { call: 'putBookmark', as: 'bob', ...about('{{message}}'), body: { note: 'On Friday' } },
    { call: 'listBookmarks', as: 'bob', query: { roomId } },
    { call: 'deleteBookmark', as: 'bob', ...about('{{message}}') },
    { call: 'putDraft', as: 'bob', ...inRoom, body: { content: 'And the beans', ifSeq: 0 } },
    {
      call: 'putDraft',
      as: 'bob',
      ...inRoom,
      body: { content: 'Every morning', threadRoot: '{{message}}', ifSeq: 0 },
    },
    { call: 'markRead', as: 'bob', ...inRoom, body: { messageId: '{{reply}}' } },
    { call: 'roomsMarkRead', as: 'bob', ...inRoom, body: {} },
    { call: 'getReadPositions', as: 'ada', ...inRoom },
    { call: 'getReceipts', as: 'ada', ...about('{{message}}') },
    {
      call: 'sync',
      as: 'bob',
      body: { rooms: [{ roomId, seq: 0 }], gained: {}, threads: true, account: { seq: 0 } },
    },
    { call: 'getDigest', as: 'bob', ...inRoom, query: { from: '1', to: '100' } },
    { call: 'deleteMessage', as: 'bob', ...about('{{reply}}') },
  ],
};
