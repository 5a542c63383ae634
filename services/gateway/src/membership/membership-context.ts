import type { GatewayContext } from '../context.ts';
import type { Subscriptions } from '../delivery/subscriptions.ts';
import type { SubscriptionTable } from '../subscriptions/subscription-table.ts';
import type { Blocks } from './blocks.ts';
import type { Following } from './following.ts';
import type { Memberships } from './memberships.ts';
import type { UserRooms } from './user-rooms.ts';

/** The parts that keep subscriptions in line with memberships. */
export interface MembershipContext extends GatewayContext {
  rooms: SubscriptionTable;
  subscriptions: Subscriptions;
  memberships: Memberships;
  blocks: Blocks;
  userRooms: UserRooms;
  following: Following;
}
