import type { UserName } from '@parley/contracts';
import type { Viewer } from '../domain/viewer.ts';
import { friendsOfFriends } from '../stores/friends.ts';
import { findUserNames } from '../stores/profiles.ts';
import type { Context } from './context.ts';
import { inOrder } from './people-page.ts';

/** Friends of friends, most common friends first. */
export async function suggestFriends({ db }: Context, viewer: Viewer, limit: number): Promise<UserName[]> {
  const ids = await friendsOfFriends(db, viewer, limit);
  return inOrder(ids, await findUserNames(db, ids));
}
