import { ask } from '@parley/bus';
import { calls, type Member, type Message, type Profile, type RoomView } from '@parley/contracts';
import type { Viewer } from '../domain/viewer.ts';
import { groupIdsOf, roomIdsOf } from '../stores/members.ts';
import { findPeers, findRoomViews } from '../stores/room-views.ts';
import type { Context } from './context.ts';
import { getProfile } from './get-profile.ts';
import { firstMembersOf } from './list-members.ts';
import { listPeople } from './list-people.ts';

const max = { contacts: 1_000, groups: 1_000, rooms: 100 } as const;

interface Dashboard {
  profile: Profile;
  contacts: Profile[];
  /** Cursor of further contacts; null if the list is complete. */
  nextContacts: string | null;
  /** Without direct rooms, newest first. */
  groups: RoomView[];
  /** Cursor of further groups; null if the list is complete. */
  nextGroups: string | null;
  /** Members by group. */
  members: Map<string, Member[]>;
  /** The other member by direct room. */
  directRooms: Map<string, string>;
  /** The latest message of each room, of any kind, newest first. */
  latest: Message[];
}

/** The viewer's contacts, groups and latest messages. */
export async function getDashboard(context: Context, viewer: Viewer): Promise<Dashboard> {
  const { db, bus } = context;
  const profile = await getProfile(context, viewer, viewer.userId);
  const [{ users: contacts, nextCursor: nextContacts }, groupIds, roomIds] = await Promise.all([
    listPeople(context, viewer, 'contacts', { limit: max.contacts }),
    groupIdsOf(db, viewer.userId, max.groups + 1),
    roomIdsOf(db, viewer.userId, max.rooms),
  ]);
  const groups = await findRoomViews(db, viewer.userId, groupIds.slice(0, max.groups));
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
