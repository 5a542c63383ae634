import { Pasted } from './pasted.ts';

export interface WalkthroughStep {
  body?: unknown;
  /** Path parameters that differ from the section's. */
  params?: Record<string, Pasted>;
  /** The person who executes the step. @default Grace */
  by?: Person;
  /** Why the step cannot succeed in this walkthrough, its status, and how it succeeds. */
  refused?: { status: number; because: string };
}

interface Section {
  description: string;
  /** The sources of the path parameters. */
  params?: Record<string, Pasted>;
  /** By operation id. */
  steps: Record<string, WalkthroughStep>;
}

/** A person of the walkthrough. */
interface Person {
  name: string;
  /** Operations that respond with an access token of theirs. The first one executed counts. */
  tokensFrom: readonly string[];
}

const ids = new Map<string, Pasted>();
const id = (from: string): Pasted => {
  const shown = `01997b2e-7c1a-7cc3-9d5e-${String(ids.size + 1).padStart(12, '0')}`;
  const pasted = ids.get(from) ?? new Pasted(from, shown);
  ids.set(from, pasted);
  return pasted;
};
const token = (from: string) => new Pasted(from, from);

const password = 'correct horse battery staple';
// Not the names of the README's conversation, so that either may come first.
const graceAccount = { username: 'grace', email: 'grace@example.org', password };
export const grace: Person = { name: 'Grace', tokensFrom: ['register', 'logIn'] };
const alan: Person = { name: 'Alan', tokensFrom: ['sharedRegister', 'sharedLogIn'] };
const alansOtherSession: Person = { name: 'Alan', tokensFrom: ['sharedLogIn'] };
const kurt: Person = { name: 'Kurt', tokensFrom: ['sharedApiRegister', 'sharedApiLogIn'] };
const kurtsOtherSession: Person = { name: 'Kurt', tokensFrom: ['sharedApiLogIn'] };
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
      getUnread: {},
      sync: { body: { rooms: [{ roomId: id('createRoom.id'), seq: 0 }], limit: 200 } },
    },
  },
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
