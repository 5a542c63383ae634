/** A value that readers paste into an example from an earlier response, such as `createRoom.id`. */
export class Pasted {
  readonly from: string;
  /** The placeholder in the document. */
  readonly shown: string;

  constructor(from: string, shown: string) {
    this.from = from;
    this.shown = shown;
  }
}

export interface WalkthroughStep {
  body?: unknown;
  /** Path parameters that differ from the section's. */
  params?: Record<string, Pasted>;
  /** Why the step cannot succeed in this walkthrough, and its status. */
  refused?: { status: number; because: string };
}

interface Section {
  description: string;
  /** The sources of the path parameters. */
  params?: Record<string, Pasted>;
  /** By operation id. */
  steps: Record<string, WalkthroughStep>;
}

const id = (from: string) => new Pasted(from, '01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4d');
const token = (from: string) => new Pasted(from, `${from.split('.').at(-1)} of an earlier response`);

const password = 'correct horse battery staple';
const ada = { username: 'ada', email: 'ada@example.org', password };
const bob = id('sharedRegister.user.id');
const byBob = (what: string) => ({ refused: { status: 404, because: `only Bob can ${what}` } });
const noNotification = {
  refused: { status: 404, because: 'Ada has no notifications until another user acts' },
};

/**
 * Examples of every operation, in the order of the OpenAPI document. Executed from top to bottom
 * with Ada's token, each finds the data that it needs. A test executes them.
 */
export const walkthrough: Record<string, Section> = {
  accounts: {
    description:
      'Ada and Bob register; later examples need the `user.id` of Bob. Paste the `accessToken` ' +
      'of `register` into Authorize.',
    steps: {
      register: { body: { ...ada, name: 'Ada Lovelace' } },
      logIn: { body: { login: ada.username, password } },
      refresh: { body: { refreshToken: token('logIn.refreshToken') } },
      listSessions: {},
      getJwks: {},
      sharedRegister: { body: { username: 'bob', email: 'bob@example.org', password } },
      sharedLogIn: { body: { username: 'bob', password } },
      sharedApiRegister: {
        body: {
          username: 'carol',
          email: 'carol@example.org',
          password,
          organizationName: 'Example Works',
          role: 'admin',
        },
      },
      sharedApiLogIn: { body: { email: 'carol@example.org', password } },
      sharedApiRefresh: { body: { refreshToken: token('sharedApiLogIn.refreshToken') } },
    },
  },
  users: {
    description: 'Profiles.',
    params: { userId: bob },
    steps: {
      listUsers: {},
      getMyProfile: {},
      updateMe: {
        body: {
          name: 'Ada Lovelace',
          description: 'Notes on the engine',
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
      userId: bob,
      inviteId: id('createInvite.id'),
      token: token('createInvite.token'),
    },
    steps: {
      createRoom: { body: { name: 'Garden', description: 'Open to all', isPrivate: false } },
      listRooms: {},
      getRoom: {},
      updateRoom: { body: { description: 'Everything that grows' } },
      joinRoom: {},
      addMembers: { body: { userIds: [bob] } },
      listMembers: {},
      setMemberRole: { body: { role: 'admin' } },
      removeMember: {},
      createInvite: { body: { expiresInSeconds: 604_800, maxUses: 10 } },
      listInvites: {},
      joinByInvite: {},
      revokeInvite: {},
      banUser: { body: { userId: bob, reason: 'Spam' } },
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
      getUnread: {},
      sync: { body: { rooms: [{ roomId: id('createRoom.id'), seq: 0 }], limit: 200 } },
    },
  },
  people: {
    description: 'Contacts, friends and blocks.',
    params: { userId: bob, requestId: id('requestFriend.id') },
    steps: {
      listContacts: {},
      addContact: {},
      removeContact: {},
      requestFriend: { body: { userId: bob } },
      listFriendRequests: {},
      acceptFriendRequest: byBob('accept a request that was sent to him'),
      declineFriendRequest: byBob('decline a request that was sent to him'),
      cancelFriendRequest: {},
      listFriends: {},
      removeFriend: {},
      listBlocks: {},
      blockUser: {},
      unblockUser: {},
    },
  },
  notifications: {
    description: "The caller's inbox.",
    params: { notificationId: id('register.user.id') },
    steps: {
      listNotifications: {},
      listUnreadNotifications: {},
      readAllNotifications: {},
      readNotification: noNotification,
      deleteNotification: noNotification,
    },
  },
  groups: {
    description: 'Operations of the client contract `groups`.',
    params: { id: bob, roomId: id('groupsCreateGroup.id') },
    steps: {
      groupsUpdateProfile: {
        body: {
          name: 'Ada Lovelace',
          description: 'Notes on the engine',
          role: 'Developer',
          theme_mode: 'dark',
        },
      },
      groupsAddContact: { body: { contactId: bob } },
      groupsGetDashboard: {},
      groupsGetUser: {},
      groupsCreateGroup: { body: { name: 'Engineers', description: 'All engines', members: [] } },
      groupsAddMembers: { body: { group_id: id('groupsCreateGroup.id'), user_ids: [bob] } },
      transferRoom: { body: { userId: bob } },
      leaveRoom: {},
    },
  },
  direct: {
    description: 'The operation of the client contract `direct`.',
    params: { userId: bob },
    steps: { directGetHistory: {} },
  },
  conversations: {
    description: 'Operations of the client contract `conversations`.',
    params: {
      id: id('conversationsCreate.conversation_id'),
      conversationId: id('conversationsCreate.conversation_id'),
      userId: bob,
      friendId: bob,
    },
    steps: {
      conversationsListUsers: {},
      conversationsGetUser: { params: { id: bob } },
      conversationsCreate: { body: { name: 'Weekend', is_group: true, participant_ids: [] } },
      conversationsList: {},
      conversationsGet: {},
      conversationsAddParticipants: { body: { userIds: [bob] } },
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
      conversationsRemoveParticipant: {},
      conversationsSearchUsers: {},
      conversationsSearchFriends: {},
      conversationsSuggestFriends: {},
      conversationsRequestFriendship: { body: { friendId: bob } },
      conversationsAcceptFriendship: byBob('accept a request that was sent to him'),
      conversationsBlockUser: {},
      conversationsUnblockUser: {},
      conversationsListNotifications: {},
      conversationsListUnreadNotifications: {},
      conversationsReadAllNotifications: {},
      conversationsReadNotification: noNotification,
      conversationsDeleteNotification: noNotification,
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
  organizations: {
    description:
      'Organizations, and operations of the client contract `organizations`. Leaving an ' +
      'organization ends the sessions of the caller: log in again.',
    params: { inviteId: id('createOrganizationInvite.invite.id'), userId: id('register.user.id') },
    steps: {
      createOrganization: { body: { name: 'Analytical Engines', joinPolicy: 'invite' } },
      getOrganization: {},
      updateOrganization: { body: { joinPolicy: 'open' } },
      listOrganizationMembers: {},
      createOrganizationInvite: { body: { role: 'user', maxUses: 10 } },
      listOrganizationInvites: {},
      revokeOrganizationInvite: {},
      organizationsListChatRooms: {},
      organizationsCreateChatRoom: { body: { name: 'General' } },
      changeMemberRole: { body: { role: 'admin' } },
      removeOrganizationMember: {},
      joinOrganization: { body: { name: 'Example Works' } },
      leaveOrganization: {},
    },
  },
  'my account': {
    description: 'Password and sessions. Log in again after an operation that ends the session.',
    params: { sessionId: id('logIn.sessionId') },
    steps: {
      revokeOtherSessions: {},
      changePassword: { body: { currentPassword: password, newPassword: password } },
      groupsUpdatePassword: { body: { password } },
      revokeSession: {},
      sharedLogOut: {},
      logOut: {},
      getMe: {},
      eraseMe: { body: { password } },
    },
  },
};

/** A deep copy of an example with pasted values. */
export function pasteInto(example: unknown, paste: (pasted: Pasted) => unknown): unknown {
  if (example instanceof Pasted) return paste(example);
  if (Array.isArray(example)) return example.map((item) => pasteInto(item, paste));
  if (typeof example !== 'object' || example === null) return example;
  return Object.fromEntries(Object.entries(example).map(([key, value]) => [key, pasteInto(value, paste)]));
}

/** The step of an operation, with its section's path parameters. */
export function walkthroughStep(operationId: string): { tag: string; step: WalkthroughStep } | undefined {
  for (const [tag, { params, steps }] of Object.entries(walkthrough)) {
    const step = steps[operationId];
    if (step) return { tag, step: { ...step, params: { ...params, ...step.params } } };
  }
  return undefined;
}
