import { decodeCursor, type Profile } from '@parley/contracts';
import type { Viewer } from '../domain/viewer.ts';
import { blockedIds } from '../stores/blocks.ts';
import { contactIds } from '../stores/contacts.ts';
import { friendIds } from '../stores/friend-requests.ts';
import { pagePeople } from '../stores/people-lists.ts';
import { pageProfiles } from '../stores/profiles.ts';
import type { Context } from './context.ts';
import { type PageRequest, type PeoplePage, peoplePage } from './people-page.ts';

const lists = { contacts: contactIds, friends: friendIds, blocks: blockedIds } as const;

/** One of the viewer's lists of users, alphabetically. */
export async function listPeople(
  { db }: Context,
  viewer: Viewer,
  list: keyof typeof lists,
  { limit, cursor }: PageRequest,
): Promise<PeoplePage<Profile>> {
  const found = await pagePeople(db, lists[list](db, viewer.userId), {
    after: decodeCursor(cursor),
    limit: limit + 1,
  });
  return peoplePage(db, found, limit, pageProfiles);
}
