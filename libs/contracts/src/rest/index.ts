import * as accountApi from './account.ts';
import * as apiKeysApi from './api-keys.ts';
import * as authApi from './auth.ts';
import * as bansApi from './bans.ts';
import * as blocksApi from './blocks.ts';
import * as botsApi from './bots.ts';
import * as conversationsContract from './client-contracts/conversations.ts';
import * as directContract from './client-contracts/direct.ts';
import * as friendshipsContract from './client-contracts/friendships.ts';
import * as groupsContract from './client-contracts/groups.ts';
import * as organizationsContract from './client-contracts/organizations.ts';
import * as roomsContract from './client-contracts/rooms.ts';
import * as sharedAuth from './client-contracts/shared-auth.ts';
import * as commandsApi from './commands.ts';
import * as contactsApi from './contacts.ts';
import * as friendRequestsApi from './friend-requests.ts';
import * as hooksApi from './hooks.ts';
import * as incomingHooksApi from './incoming-hooks.ts';
import * as messagesApi from './messages.ts';
import * as notificationsApi from './notifications.ts';
import type { Operation } from './operation.ts';
import * as organizationsApi from './organizations.ts';
import * as pinsApi from './pins.ts';
import * as roomInvitesApi from './room-invites.ts';
import * as roomsApi from './rooms.ts';
import * as searchApi from './search.ts';
import * as threadsApi from './threads.ts';
import * as usersApi from './users.ts';

export {
  accountApi,
  apiKeysApi,
  authApi,
  bansApi,
  blocksApi,
  botsApi,
  commandsApi,
  contactsApi,
  conversationsContract,
  directContract,
  friendRequestsApi,
  friendshipsContract,
  groupsContract,
  hooksApi,
  incomingHooksApi,
  messagesApi,
  notificationsApi,
  organizationsApi,
  organizationsContract,
  pinsApi,
  roomInvitesApi,
  roomsApi,
  roomsContract,
  searchApi,
  sharedAuth,
  threadsApi,
  usersApi,
};

const isOperation = (value: unknown): value is Operation =>
  typeof value === 'object' && value !== null && 'method' in value && 'path' in value;

const apis: object[] = [
  apiKeysApi,
  authApi,
  bansApi,
  blocksApi,
  botsApi,
  contactsApi,
  friendRequestsApi,
  incomingHooksApi,
  commandsApi,
  hooksApi,
  messagesApi,
  threadsApi,
  pinsApi,
  accountApi,
  searchApi,
  notificationsApi,
  organizationsApi,
  roomsApi,
  roomInvitesApi,
  usersApi,
  sharedAuth,
  groupsContract,
  organizationsContract,
  directContract,
  friendshipsContract,
  conversationsContract,
  roomsContract,
];

/** Every REST operation of every service. */
export const allOperations: readonly Operation[] = apis.flatMap((api) =>
  Object.values(api).filter(isOperation),
);
