import * as authApi from './auth.ts';
import * as bansApi from './bans.ts';
import * as blocksApi from './blocks.ts';
import * as contactsApi from './contacts.ts';
import * as conversationsFamily from './families/conversations.ts';
import * as directFamily from './families/direct.ts';
import * as friendshipsFamily from './families/friendships.ts';
import * as groupsFamily from './families/groups.ts';
import * as organizationsFamily from './families/organizations.ts';
import * as roomsFamily from './families/rooms.ts';
import * as sharedAuth from './families/shared-auth.ts';
import * as friendRequestsApi from './friend-requests.ts';
import * as messagesApi from './messages.ts';
import * as notificationsApi from './notifications.ts';
import type { Operation } from './operation.ts';
import * as organizationsApi from './organizations.ts';
import * as roomsApi from './rooms.ts';
import * as usersApi from './users.ts';

export {
  authApi,
  bansApi,
  blocksApi,
  contactsApi,
  conversationsFamily,
  directFamily,
  friendRequestsApi,
  friendshipsFamily,
  groupsFamily,
  messagesApi,
  notificationsApi,
  organizationsApi,
  organizationsFamily,
  roomsApi,
  roomsFamily,
  sharedAuth,
  usersApi,
};

const isOperation = (value: unknown): value is Operation =>
  typeof value === 'object' && value !== null && 'method' in value && 'path' in value;

const apis: object[] = [
  authApi,
  bansApi,
  blocksApi,
  contactsApi,
  friendRequestsApi,
  messagesApi,
  notificationsApi,
  organizationsApi,
  roomsApi,
  usersApi,
  sharedAuth,
  groupsFamily,
  organizationsFamily,
  directFamily,
  friendshipsFamily,
  conversationsFamily,
  roomsFamily,
];

/** Every REST operation of every service. */
export const allOperations: readonly Operation[] = apis.flatMap((api) => Object.values(api).filter(isOperation));
