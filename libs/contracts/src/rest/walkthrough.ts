import { account } from './walkthrough-account.ts';
import { hooksSections } from './walkthrough-hooks.ts';
import {
  alan,
  alansOtherSession,
  graceAccount,
  id,
  kurt,
  kurtsOtherSession,
  password,
  type Section,
  token,
  type WalkthroughStep,
} from './walkthrough-people.ts';
import { programs } from './walkthrough-programs.ts';
import { threads } from './walkthrough-threads.ts';

export { grace, type WalkthroughStep } from './walkthrough-people.ts';

const alansId = id('sharedRegister.user.id');
const firstNotification = { id: id('conversationsListNotifications.0.notification_id') };

/**
 * Examples of every operation, in the order of the OpenAPI document. Executed from top to bottom,
 * each finds the data that it needs. A test executes them.
 */
export const walkthrough: Record<string, Section> = {
  accounts: {
    description:
      'Grace, Alan and Kurt register. This page sends the later examples with their tokens and ' +
      'ids. A token given to Authorize replaces theirs.',
    steps: {
      register: { body: { ...graceAccount, name: 'Grace Hopper' } },
      logIn: { body: { login: graceAccount.username, password } },
      refresh: { body: { refreshToken: token('logIn.refreshToken') } },
      listSessions: {},
      getJwks: {},
      sharedRegister: { body: { username: 'alan', email: 'alan@example.org', password } },
      sharedLogIn: { body: { username: 'alan', password } },
      sharedApiRegister: {
        body: {
          username: 'kurt',
          email: 'kurt@example.org',
          password,
          organizationName: 'Example Works',
          role: 'admin',
        },
      },
      sharedApiLogIn: { body: { email: 'kurt@example.org', password } },
      sharedApiRefresh: { body: { refreshToken: token('sharedApiLogIn.refreshToken') } },
    },
  },
  users: {
    description: 'Profiles.',
    params: { userId: alansId },
    steps: {
      listUsers: {},
      getMyProfile: {},
      updateMe: {
        body: {
          name: 'Grace Hopper',
          description: 'Notes on compilers',
          jobTitle: 'Analyst',
          themeMode: 'dark',
        },
      },
      getUser: {},
      listUserRooms: {},
    },
  },
  rooms: {
    description: 'Rooms, their members and invites, in the canonical API.',
    params: {
      roomId: id('createRoom.id'),
      userId: alansId,
      inviteId: id('createInvite.id'),
      token: token('createInvite.token'),
    },
    steps: {
      createRoom: { body: { name: 'Garden', description: 'Open to all', isPrivate: false } },
      listRooms: {},
      getRoom: {},
      updateRoom: { body: { description: 'Everything that grows' } },
      joinRoom: {},
      addMembers: { body: { userIds: [alansId] } },
      listMembers: {},
      setMemberRole: { body: { role: 'admin' } },
      removeMember: {},
      createInvite: { body: { expiresInSeconds: 604_800, maxUses: 10 } },
      listInvites: {},
      joinByInvite: {},
      revokeInvite: {},
      banUser: { body: { userId: alansId, reason: 'Spam' } },
      listBans: {},
      unbanUser: {},
    },
  },
  messages: {
    description: 'Timelines: messages, reactions, read positions, sync.',
    params: { roomId: id('createRoom.id'), messageId: id('sendMessage.id') },
    steps: {
      sendMessage: { body: { content: 'Hello!', clientId: 'hello-1' } },
      getHistory: {},
      getMessage: {},
      editMessage: { body: { content: 'Hello, all!' } },
      reactToMessage: { body: { reaction: '👍', on: true } },
      markRead: { body: {} },
      roomsMarkRead: { body: {} },
      getReadPositions: {},
      getReceipts: {},
      ...{ getUnread: {}, searchMessages: {} },
      sync: { body: { rooms: [{ roomId: id('createRoom.id'), seq: 0 }], limit: 200 } },
      getDigest: {},
      ...{ pinMessage: {}, listPins: {}, unpinMessage: {} },
    },
  },
  threads,
  ...account,
  people: {
    description: 'Contacts, friends and blocks.',
    params: {
      userId: alansId,
      friendId: id('register.user.id'),
      requestId: id('requestFriend.id'),
    },
    steps: {
      listContacts: {},
      addContact: {},
      removeContact: {},
      conversationsRequestFriendship: { body: { friendId: alansId } },
      acceptFriendRequest: {
        by: alan,
        params: { requestId: id('conversationsRequestFriendship.friendship_id') },
      },
      conversationsAcceptFriendship: { by: alan },
      listFriends: {},
      removeFriend: {},
      requestFriend: { body: { userId: alansId } },
      listFriendRequests: {},
      declineFriendRequest: { by: alan },
      cancelFriendRequest: {
        refused: { status: 404, because: 'Alan has declined; execute `requestFriend` again first' },
      },
      listBlocks: {},
      blockUser: {},
      unblockUser: {},
    },
  },
  groups: {
    description: 'Operations of the client contract `groups`.',
    params: { id: alansId, roomId: id('groupsCreateGroup.id') },
    steps: {
      groupsUpdateProfile: {
        body: {
          name: 'Grace Hopper',
          description: 'Notes on compilers',
          role: 'Developer',
          theme_mode: 'dark',
        },
      },
      groupsAddContact: { body: { contactId: alansId } },
      groupsGetDashboard: {},
      groupsGetUser: {},
      groupsCreateGroup: { body: { name: 'Engineers', description: 'All engines', members: [] } },
      groupsAddMembers: { body: { group_id: id('groupsCreateGroup.id'), user_ids: [alansId] } },
      transferRoom: { body: { userId: alansId } },
      leaveRoom: {},
    },
  },
  notifications: {
    description: "Alan's inbox.",
    params: { notificationId: id('listNotifications.notifications.0.id') },
    steps: {
      listNotifications: { by: alan },
      listUnreadNotifications: { by: alan },
      readAllNotifications: { by: alan },
      readNotification: { by: alan },
      deleteNotification: { by: alan },
    },
  },
  ...hooksSections,
  direct: {
    description: 'The operation of the client contract `direct`.',
    params: { userId: alansId },
    steps: { directGetHistory: {} },
  },
  conversations: {
    description: 'Operations of the client contract `conversations`.',
    params: {
      id: id('conversationsCreate.conversation_id'),
      conversationId: id('conversationsCreate.conversation_id'),
      userId: alansId,
      friendId: alansId,
    },
    steps: {
      conversationsListUsers: {},
      conversationsGetUser: { params: { id: alansId } },
      conversationsCreate: { body: { name: 'Weekend', is_group: true, participant_ids: [] } },
      conversationsList: {},
      conversationsGet: {},
      conversationsAddParticipants: { body: { userIds: [alansId] } },
      conversationsSendMessage: {
        body: { content: 'Hello!', conversation_id: id('conversationsCreate.conversation_id') },
      },
      conversationsListMessages: {},
      conversationsEditMessage: {
        params: { id: id('conversationsSendMessage.message_id') },
        body: { content: 'Hello, all!' },
      },
      conversationsSetMessageStatus: {
        params: { id: id('conversationsSendMessage.message_id') },
        body: { status: 'read' },
      },
      conversationsListNotifications: { by: alan },
      conversationsListUnreadNotifications: { by: alan },
      conversationsReadAllNotifications: { by: alan },
      conversationsReadNotification: { by: alan, params: firstNotification },
      conversationsDeleteNotification: { by: alan, params: firstNotification },
      conversationsRemoveParticipant: {},
      conversationsSearchUsers: {},
      conversationsSearchFriends: {},
      conversationsSuggestFriends: {},
      conversationsBlockUser: {},
      conversationsUnblockUser: {},
    },
  },
  deleting: {
    description: 'Deletes the resources that the examples above created.',
    params: { roomId: id('createRoom.id'), messageId: id('sendMessage.id') },
    steps: {
      deleteMessage: {},
      conversationsDeleteMessage: { params: { id: id('conversationsSendMessage.message_id') } },
      deleteRoom: {},
    },
  },
  'my account': {
    description: 'Sessions and password.',
    params: { sessionId: id('logIn.sessionId') },
    steps: {
      revokeSession: {},
      revokeOtherSessions: {},
      changePassword: { body: { currentPassword: password, newPassword: password } },
      groupsUpdatePassword: { body: { password } },
      sharedLogOut: { by: alansOtherSession },
      logOut: { by: kurtsOtherSession },
    },
  },
  organizations: {
    description: 'Organizations, and operations of the client contract `organizations`.',
    params: { inviteId: id('createOrganizationInvite.invite.id'), userId: alansId },
    steps: {
      createOrganization: { body: { name: 'Analytical Engines', joinPolicy: 'invite' } },
      getOrganization: {},
      updateOrganization: { body: { joinPolicy: 'open' } },
      createOrganizationInvite: { body: { role: 'user', maxUses: 10 } },
      listOrganizationInvites: {},
      joinOrganization: { by: alan, body: { invite: token('createOrganizationInvite.token') } },
      revokeOrganizationInvite: {},
      listOrganizationMembers: {},
      organizationsListChatRooms: {},
      organizationsCreateChatRoom: { body: { name: 'General' } },
      changeMemberRole: { body: { role: 'admin' } },
      removeOrganizationMember: {},
      leaveOrganization: { by: kurt },
    },
  },
  ...programs,
  leaving: {
    description: "Erases Grace's account.",
    steps: { getMe: {}, eraseMe: { body: { password } } },
  },
};

/** The step of an operation, with its section's path parameters. */
export function walkthroughStep(operationId: string): { tag: string; step: WalkthroughStep } | undefined {
  for (const [tag, { params, steps }] of Object.entries(walkthrough)) {
    const step = steps[operationId];
    if (step) return { tag, step: { ...step, params: { ...params, ...step.params } } };
  }
  return undefined;
}
