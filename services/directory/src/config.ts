import { commonSettings, databaseSettings, integer, rate } from '@parley/runtime';
import { z } from 'zod';

export const directoryConfig = z.object({
  ...commonSettings,
  ...databaseSettings,
  PORT: integer(3002, 0, 65_535),
  /** Members per room, and users banned from it. */
  MAX_ROOM_MEMBERS: integer(10_000, 2, 1_000_000),
  /** Rooms that one user may own at a time. */
  MAX_ROOMS_OWNED: integer(500, 1, 100_000),
  /** Contacts per user; also blocked users, and pending friend requests. */
  MAX_CONTACTS: integer(5_000, 1, 100_000),
  /** Usable invites per room. */
  MAX_INVITES: integer(100, 1, 1_000),
  /**
   * Users whom one user may add to rooms, or open direct rooms with. Users who have the user as a
   * contact do not count.
   */
  ADD_USERS_RATE: rate('500/h'),
  /** Rooms that one user may join by themselves. Rejoining counts: all members see it. */
  JOIN_RATE: rate('120/h'),
  /** Friend requests that one user may send or withdraw. */
  FRIEND_REQUEST_RATE: rate('60/h'),
  /** Requests for the list of chat rooms (`GET /api/chat`) per user, to one replica. */
  CHAT_LIST_RATE: rate('60/m'),
});
export type DirectoryConfig = z.output<typeof directoryConfig>;
