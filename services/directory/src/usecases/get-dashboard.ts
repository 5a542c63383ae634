import { ask } from '@parley/bus';
import { calls, type Member, type Message, type Profile, type RoomView } from '@parley/contracts';
import type { Viewer } from '../domain/viewer.ts';
import { meetingRoomIds } from '../stores/audience.ts';
import { roomIdsOf } from '../stores/members.ts';
import { findRoomViews } from '../stores/room-views.ts';
import type { Context } from './context.ts';
import { getProfile } from './get-profile.ts';
import { firstMembersOf } from './list-members.ts';
import { listPeople } from './list-people.ts';

const most = { contacts: 200, groups: 50, rooms: 100 } as const;

export interface Dashboard {
  profile: Profile;
  contacts: Profile[];
  /** Not direct ones; joined last first. */
  groups: RoomView[];
  /** Of these groups. */
  members: Member[];
  /** Direct room → the other person. */
  directRooms: Map<string, string>;
  /** The latest message of each room, direct or not; newest first. */
  latest: Message[];
}

/** What the viewer has to do with: people, groups, and what was said last. */
export async function getDashboard(context: Context, viewer: Viewer): Promise<Dashboard> {
  const { db, bus } = context;
  const profile = await getProfile(context, viewer, viewer.userId);
  const [{ users: contacts }, groupIds, roomIds] = await Promise.all([
    listPeople(context, viewer, 'contacts', { limit: most.contacts }),
    meetingRoomIds(db, viewer.userId, most.groups),
    roomIdsOf(db, viewer.userId, most.rooms),
  ]);
  const [groups, members, rooms, latest] = await Promise.all([
    findRoomViews(db, viewer.userId, groupIds),
    firstMembersOf(context, groupIds),
    findRoomViews(db, viewer.userId, roomIds),
    ask(bus, calls.getLatestMessages, { userId: viewer.userId, roomIds }),
  ]);
  const directRooms = new Map(rooms.flatMap(({ id, peer }) => (peer ? [[id, peer.userId]] : [])));
  const messages = latest.messages.map(({ message }) => message).sort((a, b) => (a.id < b.id ? 1 : -1));
  return { profile, contacts, groups, members, directRooms, latest: messages };
}
