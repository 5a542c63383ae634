import type { MemberRole, RoomView } from '@parley/contracts';
import type { Queryable } from '@parley/database';
import type { Viewer } from '../domain/viewer.ts';
import { toRoom } from './rooms.ts';

type ViewRow = Parameters<typeof toRoom>[0] & {
  role: MemberRole | null;
  peer_id: string | null;
  peer_username: string;
  peer_name: string;
  peer_is_bot: boolean;
};

/**
 * Maximum length of all rooms of a response, in characters; owners may fill them with pictures. One
 * room is always shorter.
 */
const maxLength = 2_000_000;

const sized = `(
  select r.id, sum(length(r.picture) + length(r.description)) over (order by asked.n) <= :max as fits
    from unnest(:ids::uuid[]) with ordinality as asked (id, n) join rooms r on r.id = asked.id
) as page`;

/** How a response treats rooms that do not fit into it. */
export type Overlong = 'leave out the rooms' | 'leave out their pictures';

/**
 * The rooms as the user sees them, in the order of `ids`. The caller must check that the user may
 * see them.
 * @param overlong leaving out pictures keeps the page complete; descriptions stay. @default 'leave
 *   out the rooms'
 */
export async function findRoomViews(
  db: Queryable,
  userId: string,
  ids: readonly string[],
  overlong: Overlong = 'leave out the rooms',
): Promise<RoomView[]> {
  const rows: ViewRow[] = await db('rooms as r')
    .leftJoin('members as me', (on) => on.on('me.room_id', 'r.id').andOn(db.raw('me.user_id = ?', [userId])))
    .leftJoin('members as other', (on) =>
      on
        .on('other.room_id', 'r.id')
        .andOn(db.raw("r.kind = 'direct' and me.user_id is not null and other.user_id <> ?", [userId])),
    )
    .leftJoin('profiles as p', 'p.id', 'other.user_id')
    .joinRaw(`join ${sized} on page.id = r.id`, { ids, max: maxLength })
    .whereRaw('(page.fits or ?)', [overlong === 'leave out their pictures'])
    .select('r.*', 'me.role', 'p.id as peer_id', 'p.username as peer_username', 'p.name as peer_name')
    .select('p.is_bot as peer_is_bot')
    .select(db.raw("case when page.fits then r.picture else '' end as picture"));
  const views = new Map(rows.map((row) => [row.id, toView(row)]));
  return ids.flatMap((id) => views.get(id) ?? []);
}

/** Maps the user's direct rooms among `ids` to the other member. */
export async function findPeers(
  db: Queryable,
  userId: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const rows: { room_id: string; user_id: string }[] = await db('members as other')
    .join('rooms as r', 'r.id', 'other.room_id')
    .join('members as me', 'me.room_id', 'r.id')
    .whereIn('r.id', ids)
    .where({ 'r.kind': 'direct', 'me.user_id': userId })
    .whereNot('other.user_id', userId)
    .select('other.room_id', 'other.user_id');
  return new Map(rows.map((row) => [row.room_id, row.user_id]));
}

function toView(row: ViewRow): RoomView {
  const { membershipVersion: _, createdAt, updatedAt, ...room } = toRoom(row);
  return {
    ...room,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    role: row.role,
    peer: row.peer_id === null ? null : peerOf(row, row.peer_id),
  };
}

const peerOf = (row: ViewRow, userId: string): RoomView['peer'] => ({
  userId,
  username: row.peer_username,
  name: row.peer_name,
  ...(row.peer_is_bot && { isBot: true }),
});

/**
 * `visible`: open channels and the viewer's rooms. `home`: the same, but only open channels of the
 * viewer's own organization, or of none if the viewer has none. A user id: that user's rooms, as
 * far as the viewer may see them.
 */
export type RoomsOf = 'visible' | 'home' | { userId: string };

interface RoomSelection {
  viewer: Viewer;
  of: RoomsOf;
  before?: string | undefined;
  /** @default 0 */
  offset?: number;
  limit: number;
}

/** Newest first, because ids increase with time. Each part of the union stops after a page. */
export async function selectRoomIds(db: Queryable, selection: RoomSelection): Promise<string[]> {
  const { offset = 0, limit } = selection;
  const parts = partsOf(db, selection).map((part) => {
    const bounded = db
      .from(part.as('part'))
      .select('id')
      .orderBy('id', 'desc')
      .limit(offset + limit);
    return selection.before ? bounded.where('id', '<', selection.before) : bounded;
  });
  const rows: { id: string }[] = await db
    .from(db.union(parts, true).as('page'))
    .select('id')
    .orderBy('id', 'desc')
    .offset(offset)
    .limit(limit);
  return rows.map((row) => row.id);
}

export async function countRooms(
  db: Queryable,
  selection: Pick<RoomSelection, 'viewer' | 'of'>,
): Promise<number> {
  const [row] = await db.from(db.union(partsOf(db, selection), true).as('all')).count({ count: '*' });
  return Number(row?.count);
}

function partsOf(db: Queryable, { viewer, of }: Pick<RoomSelection, 'viewer' | 'of'>) {
  const openIn = (organizationId: string | null) =>
    db('rooms as r')
      .where({ 'r.kind': 'channel', 'r.organization_id': organizationId })
      .whereRaw('not r.is_private')
      .select('r.id');
  // Separate queries, so that each can walk its index.
  const open = () => [openIn(null), ...(viewer.organizationId ? [openIn(viewer.organizationId)] : [])];
  const roomsOf = (userId: string) => db('members as m').where('m.user_id', userId).select('m.room_id as id');
  if (of === 'home') return [openIn(viewer.organizationId), roomsOf(viewer.userId)];
  if (of === 'visible') return [...open(), roomsOf(viewer.userId)];
  if (of.userId === viewer.userId) return [roomsOf(of.userId)];
  const both = db('members as mine')
    .select(db.raw('1'))
    .where('mine.user_id', viewer.userId)
    .whereRaw('mine.room_id = m.room_id');
  const openOf = open().map((part) =>
    part.join('members as m', 'm.room_id', 'r.id').where('m.user_id', of.userId),
  );
  return [...openOf, roomsOf(of.userId).whereExists(both)];
}
