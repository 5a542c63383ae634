import { erasedName } from '@parley/contracts';
import { foldName } from '@parley/contracts/text';
import type { Queryable } from '@parley/database';

/**
 * Empties the profile under `erasedName`, creating it if necessary, and deletes the user's
 * relationships except shared rooms. Waits for transactions that are adding the user to a room.
 * Later ones no longer find the user.
 */
export async function eraseProfile(trx: Queryable, userId: string, now: Date): Promise<void> {
  await trx('profiles').where({ id: userId }).select(trx.raw('1')).forUpdate();
  const empty = {
    username: erasedName,
    sort_key: foldName(erasedName),
    name: erasedName,
    description: '',
    resume_link: '',
    job_title: '',
    profile_picture: '',
    theme_mode: 'light',
    theme_color: '',
    background_image: '',
    organization_id: null,
    erased_at: now,
    updated_at: now,
  };
  await trx('profiles')
    .insert({ id: userId, created_at: now, ...empty })
    .onConflict('id')
    .merge(empty);
  await trx('search_terms').where({ user_id: userId }).delete();
  await trx('contacts').where({ user_id: userId }).orWhere({ contact_id: userId }).delete();
  await trx('friend_requests').where({ from_id: userId }).orWhere({ to_id: userId }).delete();
  await trx('blocks').where({ user_id: userId }).orWhere({ blocked_id: userId }).delete();
  await trx('bans').where({ user_id: userId }).delete();
  await trx('budgets').where({ user_id: userId }).delete();
  // They hold the name that the list is ordered by.
  await trx('page_ends').whereRaw("last_key ->> 'id' = ?", [userId]).delete();
}

/** Every room of the user, of every kind. */
export async function allRoomIds(db: Queryable, userId: string): Promise<string[]> {
  const rows: { room_id: string }[] = await db('members')
    .where({ user_id: userId })
    .orderBy('room_id')
    .select('room_id');
  return rows.map((row) => row.room_id);
}
