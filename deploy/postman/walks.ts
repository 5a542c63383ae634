import { messagesWalk } from './messages-walk.ts';
import { programWalk } from './program-walk.ts';
import type { Walk } from './walk.ts';

const password = 'correct horse';
const ada = 'ada-{{run}}@example.org';
const bob = 'bob-{{run}}@example.org';

/**
 * Walks for programs, for everything about messages, for each client contract and for webhooks,
 * from registration on. Each request finds what earlier ones created.
 */
export const walks: Record<string, Walk> = {
  programs: programWalk,
  messages: messagesWalk,
  groups: {
    description: 'Personal chat: profiles, contacts, groups.',
    steps: [
      {
        call: 'sharedRegister',
        body: { email: ada, password, fullName: 'Ada Lovelace' },
        keep: { ada: 'user.id' },
      },
      {
        call: 'sharedRegister',
        body: { email: bob, password, fullName: 'Bob Kahn' },
        keep: { bob: 'user.id', bobToken: 'session.access_token' },
      },
      { call: 'sharedLogIn', body: { email: ada, password }, keep: { adaToken: 'session.access_token' } },
      {
        call: 'groupsUpdateProfile',
        as: 'ada',
        body: {
          id: '{{ada}}',
          name: 'Ada Lovelace',
          description: 'Notes on the engine',
          resume_link: 'https://example.org/ada',
          role: 'Developer',
          profile_picture: 'https://example.org/ada.png',
          theme_mode: 'dark',
          theme_color: '#4b0082',
          background_image: 'https://example.org/stars.png',
        },
      },
      { call: 'groupsAddContact', as: 'ada', body: { contactId: '{{bob}}' } },
      { call: 'groupsGetUser', as: 'ada', path: { id: '{{bob}}' } },
      {
        call: 'groupsCreateGroup',
        as: 'ada',
        body: {
          name: 'Engineers',
          description: 'All engines',
          group_picture: '',
          created_by: '{{ada}}',
          members: [],
        },
        keep: { group: 'id' },
      },
      { call: 'groupsAddMembers', as: 'ada', body: { group_id: '{{group}}', user_ids: ['{{bob}}'] } },
      { call: 'groupsGetDashboard', as: 'bob' },
      { call: 'groupsUpdatePassword', as: 'ada', body: { id: '{{ada}}', password: 'battery staple' } },
    ],
  },
  organizations: {
    description: 'Tenants, roles, chat rooms.',
    steps: [
      {
        call: 'sharedApiRegister',
        body: {
          username: 'manoj singh {{run}}',
          email: ada,
          password,
          organizationName: 'Acme {{run}}',
          role: 'admin',
        },
      },
      { call: 'sharedApiLogIn', body: { email: ada, password }, keep: { refreshToken: 'refreshToken' } },
      {
        call: 'sharedApiRefresh',
        body: { refreshToken: '{{refreshToken}}' },
        keep: { adaToken: 'accessToken' },
      },
      { call: 'organizationsCreateChatRoom', as: 'ada', body: { name: 'General' } },
      { call: 'organizationsListChatRooms', as: 'ada', query: { page: '1', pageSize: '10' } },
    ],
  },
  direct: {
    description:
      'One-to-one chat with stored history. Messages are sent over the socket; ' +
      '`POST /api/v1/rooms/…/messages` does the same.',
    steps: [
      { call: 'sharedApiRegister', body: { email: ada, password } },
      { call: 'sharedApiRegister', body: { email: bob, password }, keep: { bob: 'user.id' } },
      { call: 'sharedApiLogIn', body: { email: ada, password }, keep: { refreshToken: 'refreshToken' } },
      { call: 'sharedApiRefresh', body: { refreshToken: '{{refreshToken}}' }, keep: { adaToken: 'token' } },
      { call: 'createRoom', as: 'ada', body: { kind: 'direct', userId: '{{bob}}' }, keep: { room: 'id' } },
      {
        call: 'sendMessage',
        as: 'ada',
        path: { roomId: '{{room}}' },
        body: { content: 'Hello, Bob.', clientId: 'hello-1' },
      },
      { call: 'directGetHistory', as: 'ada', path: { userId: '{{bob}}' }, query: { limit: '50' } },
    ],
  },
  conversations: {
    description: 'Direct and group conversations, receipts, notifications.',
    steps: [
      {
        call: 'sharedRegister',
        body: { username: 'ada-{{run}}', email: ada, password },
        keep: { ada: 'user.user_id' },
      },
      {
        call: 'sharedRegister',
        body: { username: 'bob-{{run}}', email: bob, password },
        keep: { bob: 'user.user_id', bobToken: 'token' },
      },
      { call: 'sharedLogIn', body: { username: 'ada-{{run}}', password }, keep: { adaToken: 'token' } },
      { call: 'conversationsGetUser', as: 'ada', path: { id: '{{bob}}' } },
      {
        call: 'conversationsCreate',
        as: 'ada',
        body: { participant_ids: ['{{bob}}'] },
        keep: { conversation: 'conversation_id' },
      },
      {
        call: 'conversationsSendMessage',
        as: 'ada',
        body: { content: 'Hello, Bob.', conversation_id: '{{conversation}}' },
        keep: { message: 'message_id' },
      },
      { call: 'conversationsListUsers', as: 'ada' },
      {
        call: 'conversationsEditMessage',
        as: 'ada',
        path: { id: '{{message}}' },
        body: { content: 'Hello, Bob!' },
      },
      { call: 'conversationsListMessages', as: 'bob', path: { conversationId: '{{conversation}}' } },
      {
        call: 'conversationsCreate',
        as: 'ada',
        body: { name: 'Weekend', is_group: true, participant_ids: [] },
        keep: { weekend: 'conversation_id' },
      },
      {
        call: 'conversationsAddParticipants',
        as: 'ada',
        path: { id: '{{weekend}}' },
        body: { userIds: ['{{bob}}'] },
      },
      { call: 'conversationsList', as: 'bob' },
      { call: 'conversationsGet', as: 'bob', path: { id: '{{conversation}}' } },
      { call: 'conversationsRemoveParticipant', as: 'ada', path: { id: '{{weekend}}', userId: '{{bob}}' } },
      { call: 'conversationsListUnreadNotifications', as: 'bob' },
      { call: 'conversationsListNotifications', as: 'bob', keep: { notification: '0.notification_id' } },
      { call: 'conversationsReadNotification', as: 'bob', path: { id: '{{notification}}' } },
      {
        call: 'conversationsSetMessageStatus',
        as: 'bob',
        path: { id: '{{message}}' },
        body: { status: 'read' },
      },
      { call: 'conversationsReadAllNotifications', as: 'bob' },
      { call: 'conversationsDeleteNotification', as: 'bob', path: { id: '{{notification}}' } },
      { call: 'conversationsDeleteMessage', as: 'ada', path: { id: '{{message}}' } },
      { call: 'conversationsSearchUsers', as: 'ada', query: { search: 'bob', page: '1', limit: '10' } },
      { call: 'conversationsRequestFriendship', as: 'ada', body: { friendId: '{{bob}}' } },
      { call: 'conversationsAcceptFriendship', as: 'bob', path: { friendId: '{{ada}}' } },
      { call: 'conversationsSearchFriends', as: 'ada', query: { search: 'bob', page: '1', limit: '10' } },
      { call: 'conversationsSuggestFriends', as: 'ada', query: { limit: '5' } },
      { call: 'conversationsBlockUser', as: 'ada', path: { friendId: '{{bob}}' } },
      { call: 'conversationsUnblockUser', as: 'ada', path: { friendId: '{{bob}}' } },
      { call: 'sharedLogOut', as: 'ada' },
    ],
  },
  rooms: {
    description: 'Public and private rooms, invites, receipts: the canonical API.',
    steps: [
      { call: 'register', body: { username: 'ada-{{run}}', email: ada, password }, keep: { ada: 'user.id' } },
      {
        call: 'register',
        body: { username: 'bob-{{run}}', email: bob, password },
        keep: { bob: 'user.id', bobToken: 'accessToken' },
      },
      { call: 'logIn', body: { email: ada, password }, keep: { adaToken: 'accessToken' } },
      {
        call: 'createRoom',
        as: 'ada',
        body: { name: 'Garden', description: 'Open to all', isPrivate: false },
        keep: { room: 'id' },
      },
      { call: 'listRooms', as: 'bob' },
      { call: 'getRoom', as: 'bob', path: { roomId: '{{room}}' } },
      { call: 'joinRoom', as: 'bob', path: { roomId: '{{room}}' } },
      { call: 'listMembers', as: 'bob', path: { roomId: '{{room}}' } },
      {
        call: 'sendMessage',
        as: 'ada',
        path: { roomId: '{{room}}' },
        body: { content: 'Welcome.' },
        keep: { message: 'id' },
      },
      { call: 'getHistory', as: 'bob', path: { roomId: '{{room}}' }, query: { limit: '50' } },
      { call: 'roomsMarkRead', as: 'bob', path: { roomId: '{{room}}' }, body: {} },
      { call: 'markRead', as: 'bob', path: { roomId: '{{room}}' }, body: { messageId: '{{message}}' } },
      { call: 'createRoom', as: 'ada', body: { name: 'Shed', isPrivate: true }, keep: { shed: 'id' } },
      { call: 'createInvite', as: 'ada', path: { roomId: '{{shed}}' }, body: {}, keep: { invite: 'token' } },
      { call: 'joinByInvite', as: 'bob', path: { token: '{{invite}}' } },
      { call: 'listUserRooms', as: 'ada', path: { userId: '{{bob}}' } },
      { call: 'leaveRoom', as: 'bob', path: { roomId: '{{shed}}' } },
    ],
  },
  hooks: {
    description: 'Webhooks. Set the URL to a receiver of yours to see them arrive.',
    steps: [
      {
        call: 'register',
        body: { username: 'ada-{{run}}', email: ada, password },
        keep: { adaToken: 'accessToken' },
      },
      { call: 'createRoom', as: 'ada', body: { name: 'Garden' }, keep: { room: 'id' } },
      {
        call: 'createHook',
        as: 'ada',
        body: { url: 'https://example.org/parley', rooms: ['{{room}}'] },
        keep: { hook: 'hook.id' },
      },
      { call: 'listHooks', as: 'ada' },
      { call: 'getHook', as: 'ada', path: { hookId: '{{hook}}' } },
      { call: 'updateHook', as: 'ada', path: { hookId: '{{hook}}' }, body: { description: 'A copy' } },
      { call: 'rotateHookSecret', as: 'ada', path: { hookId: '{{hook}}' }, body: {} },
      { call: 'sendMessage', as: 'ada', path: { roomId: '{{room}}' }, body: { content: 'Hello.' } },
      { call: 'testHook', as: 'ada', path: { hookId: '{{hook}}' } },
      { call: 'getHookLag', as: 'ada', path: { hookId: '{{hook}}' } },
      { call: 'listHookDeliveries', as: 'ada', path: { hookId: '{{hook}}' } },
      { call: 'resumeHook', as: 'ada', path: { hookId: '{{hook}}' }, body: {} },
      {
        call: 'createIncomingHook',
        as: 'ada',
        body: { roomId: '{{room}}', name: 'Weather' },
        keep: { incoming: 'hook.id', token: 'token' },
      },
      { call: 'listIncomingHooks', as: 'ada' },
      { call: 'postIncoming', path: { token: '{{token}}' }, body: { text: 'Rain at noon.' } },
      { call: 'deleteIncomingHook', as: 'ada', path: { hookId: '{{incoming}}' } },
      {
        call: 'createCommand',
        as: 'ada',
        path: { hookId: '{{hook}}' },
        body: { roomId: '{{room}}', word: 'weather' },
        keep: { command: 'id' },
      },
      { call: 'listCommands', as: 'ada', path: { roomId: '{{room}}' } },
      { call: 'deleteCommand', as: 'ada', path: { hookId: '{{hook}}', commandId: '{{command}}' } },
      { call: 'deleteHook', as: 'ada', path: { hookId: '{{hook}}' } },
    ],
  },
};
