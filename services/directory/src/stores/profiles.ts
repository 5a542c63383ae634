import type { Profile, ProfileChanges, UserName } from '@parley/contracts';
import { foldName } from '@parley/contracts/text';
import type { Queryable } from '@parley/database';
import { termsVersion } from '../domain/search-terms.ts';
import { insertTerms, replaceTerms } from './search-terms.ts';

interface ProfileRow {
  id: string;
  username: string;
  sort_key: string;
  name: string;
  description: string;
  resume_link: string;
  job_title: string;
  profile_picture: string;
  theme_mode: 'light' | 'dark';
  theme_color: string;
  background_image: string;
  organization_id: string | null;
  is_bot: boolean;
  created_at: Date;
  updated_at: Date;
}

const columns: Record<keyof ProfileChanges, keyof ProfileRow> = {
  name: 'name',
  description: 'description',
  resumeLink: 'resume_link',
  jobTitle: 'job_title',
  profilePicture: 'profile_picture',
  themeMode: 'theme_mode',
  themeColor: 'theme_color',
  backgroundImage: 'background_image',
};

export interface Person {
  userId: string;
  username: string;
  /** Only of members. */
  isBot?: true | undefined;
}

export interface Identity extends Person {
  name: string;
  organizationId: string | null;
  createdAt: string;
}

const toProfile = (row: ProfileRow): Profile => ({
  id: row.id,
  username: row.username,
  name: row.name,
  description: row.description,
  resumeLink: row.resume_link,
  jobTitle: row.job_title,
  profilePicture: row.profile_picture,
  themeMode: row.theme_mode,
  themeColor: row.theme_color,
  backgroundImage: row.background_image,
  organizationId: row.organization_id,
  ...(row.is_bot && { isBot: true as const }),
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
});

/** Creates an empty profile for a new user. An existing one stays unchanged. */
export async function insertProfile(trx: Queryable, identity: Identity, now: Date): Promise<void> {
  const { userId, username, name, organizationId, createdAt, isBot = false } = identity;
  const inserted = await trx('profiles')
    .insert({
      id: userId,
      username,
      sort_key: foldName(username),
      terms_version: termsVersion,
      name,
      organization_id: organizationId,
      is_bot: isBot,
      created_at: new Date(createdAt),
      updated_at: now,
    })
    .onConflict('id')
    .ignore()
    .returning('id');
  if (inserted.length > 0)
    await insertTerms(trx, { id: userId, username, name, organization_id: organizationId });
}

export async function updateProfile(
  trx: Queryable,
  userId: string,
  changes: ProfileChanges,
  now: Date,
): Promise<void> {
  const set = Object.entries(columns).flatMap(([field, column]) => {
    const value = changes[field as keyof ProfileChanges];
    return value === undefined ? [] : [[column, value]];
  });
  const [row] = await trx<ProfileRow>('profiles')
    .where({ id: userId })
    .whereNull('erased_at')
    .update({ ...Object.fromEntries(set), updated_at: now })
    .returning('*');
  if (row && changes.name !== undefined) await replaceTerms(trx, row);
}

/**
 * Returns false if a later change was already applied. Repeating the latest change applies it
 * again.
 */
export async function updateOrganization(
  trx: Queryable,
  userId: string,
  organizationId: string | null,
  changedAt: Date,
): Promise<boolean> {
  const updated = await trx('profiles')
    .where({ id: userId })
    .andWhere('organization_told_at', '<=', changedAt)
    .update({ organization_id: organizationId, organization_told_at: changedAt });
  if (updated > 0)
    await trx('search_terms').where({ user_id: userId }).update({ organization_id: organizationId });
  return updated > 0;
}

export async function findProfiles(db: Queryable, ids: readonly string[]): Promise<Profile[]> {
  const rows: ProfileRow[] = await db('profiles').whereIn('id', ids);
  return rows.map(toProfile);
}

/**
 * Maximum length of all profiles on a page, in characters; users may fill them with pictures. One
 * profile is always shorter.
 */
const maxPageLength = 2_000_000;

/** The profiles in the order of `ids`, as many of the first as fit into a response. */
export async function pageProfiles(db: Queryable, ids: readonly string[]): Promise<Profile[]> {
  const { rows } = await db.raw<{ rows: ProfileRow[] }>(
    `select page.* from (
       select p.*, asked.n,
              sum(length(p.description) + length(p.resume_link)
                  + length(p.profile_picture) + length(p.background_image))
                over (order by asked.n) as so_far
         from unnest(:ids::uuid[]) with ordinality as asked (id, n) join profiles p on p.id = asked.id
     ) page where page.so_far <= :max order by page.n`,
    { ids, max: maxPageLength },
  );
  return rows.map(toProfile);
}

/** The users among `ids` that belong to the organization. */
export async function colleaguesAmong(
  db: Queryable,
  organizationId: string,
  ids: readonly string[],
): Promise<Set<string>> {
  const rows: { id: string }[] = await db('profiles')
    .whereIn('id', ids)
    .where({ organization_id: organizationId })
    .select('id');
  return new Set(rows.map(({ id }) => id));
}

export async function findUserNames(db: Queryable, ids: readonly string[]): Promise<UserName[]> {
  const rows: Pick<ProfileRow, 'id' | 'username' | 'name' | 'created_at' | 'updated_at'>[] = await db(
    'profiles',
  )
    .whereIn('id', ids)
    .select('id', 'username', 'name', 'created_at', 'updated_at');
  return rows.map(({ id, username, name, created_at: createdAt, updated_at: updatedAt }) => ({
    id,
    username,
    name,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }));
}

/** Excludes erased users. */
export async function findPeople(db: Queryable, ids: readonly string[]): Promise<Map<string, Person>> {
  const rows: PersonRow[] = await people(db, ids);
  return new Map(rows.map((row) => [row.id, toPerson(row)]));
}

/** Like `findPeople`, and prevents their erasure until the end of the transaction. */
export async function holdPeople(trx: Queryable, ids: readonly string[]): Promise<Map<string, Person>> {
  const rows: PersonRow[] = await people(trx, ids).orderBy('id').forKeyShare();
  return new Map(rows.map((row) => [row.id, toPerson(row)]));
}

type PersonRow = Pick<ProfileRow, 'id' | 'username'> & { is_bot: boolean };

const people = (db: Queryable, ids: readonly string[]) =>
  db('profiles').whereIn('id', ids).whereNull('erased_at').select('id', 'username', 'is_bot');

const toPerson = ({ id, username, is_bot: isBot }: PersonRow): Person => ({
  userId: id,
  username,
  ...(isBot && { isBot }),
});

/**
 * Locks the users' rows until the end of the transaction, so that decisions about their
 * relationships and counts stay valid. Lock all users of a transaction at once, and before any
 * room.
 */
export async function lockPeople(trx: Queryable, ids: readonly string[]): Promise<void> {
  await trx('profiles').whereIn('id', ids).orderBy('id').select(trx.raw('1')).forNoKeyUpdate();
}
