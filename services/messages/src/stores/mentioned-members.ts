import { mentionKey } from '@parley/contracts/text';
import { prepared, type Queryable } from '@parley/database';

// Members by the names with which messages mention them.

/** Of ASCII letters, whatever the database's locale. */
export const lowerName = 'lower(username collate "C")';

/** The form in which mentions of a member are compared; null: the name in lower case. */
export function mentionNameOf(username: string): string | null {
  const key = mentionKey(username);
  return key === username.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) ? null : key;
}

export interface NamedMember {
  roomId: string;
  userId: string;
  /** In the form of `mentionKey`. */
  name: string;
}

const selectNamed = prepared<NamedMember>(
  'named-members',
  `select m.room_id as "roomId", m.user_id as "userId", asked.name
     from unnest((select $1::uuid[]), (select $2::text[])) as asked (room_id, name)
     join members m on m.room_id = asked.room_id and m.active
                   and coalesce(m.mention_name, ${lowerName}) = asked.name`,
);

/** The members of the rooms with one of the names. */
export const findNamedMembers = (
  db: Queryable,
  asked: readonly { roomId: string; name: string }[],
): Promise<NamedMember[]> =>
  selectNamed(
    db,
    asked.map(({ roomId }) => roomId),
    asked.map(({ name }) => name),
  );

/** Those of the users who are members of the room, with their present names. */
export async function findMentionable(
  db: Queryable,
  asked: readonly { roomId: string; userId: string }[],
): Promise<NamedMember[]> {
  const rows: { room_id: string; user_id: string; username: string }[] = await db('members')
    .where({ active: true })
    .whereRaw('(room_id, user_id) in (select * from unnest(:rooms::uuid[], :users::uuid[]))', {
      rooms: asked.map(({ roomId }) => roomId),
      users: asked.map(({ userId }) => userId),
    })
    .select('room_id', 'user_id', 'username');
  return rows.map(({ room_id: roomId, user_id: userId, username }) => ({
    roomId,
    userId,
    name: mentionKey(username),
  }));
}
