import { ask } from '@parley/bus';
import { calls, type Member, type Message, type Profile, type RoomView } from '@parley/contracts';
import type { Viewer } from '../domain/viewer.ts';
import { groupIdsOf, roomIdsOf } from '../stores/members.ts';
import { findPeers, findRoomViews } from '../stores/room-views.ts';
import type { Context } from './context.ts';
import { getProfile } from './get-profile.ts';
import { firstMembersOf } from './list-members.ts';
import { listPeople } from './list-people.ts';

const most = { contacts: 1_000, groups: 1_000, rooms: 100 } as const;

export interface Dashboard {
  profile: Profile;
  contacts: Profile[];
  /** Where the list of contacts goes on; null: it is complete. */
  nextContacts: string | null;
  /** Not direct ones; newest first. */
  groups: RoomView[];
  /** After which of the viewer's rooms the groups go on; null: they are complete. */
  nextGroups: string | null;
  /** Group → its members. */
  members: Map<string, Member[]>;
  /** Direct room → the other person. */
  directRooms: Map<string, string>;
  /** The latest message of each room, direct or not; newest first. */
  latest: Message[];
}

/** What the viewer has to do with: people, groups, and what was said last. */
export async function getDashboard(context: Context, viewer: Viewer): Promise<Dashboard> {
  const { db, bus } = context;
  const profile = await getProfile(context, viewer, viewer.userId);
  const [{ users: contacts, nextCursor: nextContacts }, groupIds, roomIds] = await Promise.all([
    listPeople(context, viewer, 'contacts', { limit: most.contacts }),
    groupIdsOf(db, viewer.userId, most.groups + 1),
    roomIdsOf(db, viewer.userId, most.rooms),
  ]);
  const groups = await findRoomViews(db, viewer.userId, groupIds.slice(0, most.groups));
  const [members, directRooms, latest] = await Promise.all([
    firstMembersOf(
      context,
      groups.map(({ id }) => id),
    ),
    findPeers(db, viewer.userId, roomIds),
    ask(bus, calls.getLatestMessages, { userId: viewer.userId, roomIds }),
  ]);
  const messages = latest.messages.map(({ message }) => message).sort((a, b) => (a.id < b.id ? 1 : -1));
  const nextGroups = groups.length < groupIds.length ? (groups.at(-1)?.id ?? null) : null;
  return { profile, contacts, nextContacts, groups, nextGroups, members, directRooms, latest: messages };
}
