import type { Limiter, Route } from '@parley/http';
import { conversationsRoutes } from '../contracts/conversations.ts';
import { conversationsPeopleRoutes } from '../contracts/conversations-people.ts';
import { groupsRoutes } from '../contracts/groups.ts';
import { organizationsRoutes } from '../contracts/organizations.ts';
import type { Context } from '../usecases/context.ts';
import { banRoutes } from './bans.ts';
import { blockRoutes } from './blocks.ts';
import { contactRoutes } from './contacts.ts';
import { friendRequestRoutes } from './friend-requests.ts';
import { roomInviteRoutes } from './room-invites.ts';
import { roomRoutes } from './rooms.ts';
import { userRoutes } from './users.ts';

/**
 * Every endpoint of this service: a table per resource, then the client contracts. Paths with a
 * fixed segment come before those with a parameter in its place.
 * @param limitChatList limits requests for `GET /api/chat`, per user
 */
export const directoryRoutes = (context: Context, limitChatList: Limiter): Route[] => [
  ...userRoutes(context),
  ...contactRoutes(context),
  ...friendRequestRoutes(context),
  ...blockRoutes(context),
  ...roomRoutes(context),
  ...banRoutes(context),
  ...roomInviteRoutes(context),
  ...groupsRoutes(context),
  ...conversationsPeopleRoutes(context),
  ...conversationsRoutes(context),
  ...organizationsRoutes(context, limitChatList),
];
