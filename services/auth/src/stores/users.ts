import type { ClientContract, OrganizationRole } from '@parley/contracts';
import { foldName, skeletonsOf } from '@parley/contracts/text';
import type { Queryable, Transaction } from '@parley/database';
import { type Identity, isEmail, loginKey, type Membership } from '../domain/identity.ts';
import { isImitation, reserveLook } from './skeletons.ts';

interface UserRow {
  id: string;
  username: string;
  username_key: string;
  email: string | null;
  name: string;
  password_hash: string | null;
  password_version: number;
  organization_id: string | null;
  organization_role: OrganizationRole | null;
  contract: ClientContract | null;
  created_at: Date;
  is_bot: boolean;
}

export interface Credentials {
  identity: Identity;
  /** Null: the user has none, and cannot log in with one. */
  passwordHash: string | null;
  /** Incremented by each password change; a check against an older version is void. */
  passwordVersion: number;
  /** The contract of the registration; null for accounts of an earlier release. */
  contract: ClientContract | null;
}

const toIdentity = (row: UserRow): Identity => ({
  id: row.id,
  username: row.username,
  email: row.email ?? '',
  name: row.name,
  organizationId: row.organization_id,
  organizationRole: row.organization_role,
  createdAt: row.created_at,
  ...(row.is_bot && { isBot: true as const }),
});

const toCredentials = (row: UserRow): Credentials => ({
  identity: toIdentity(row),
  passwordHash: row.password_hash,
  passwordVersion: row.password_version,
  contract: row.contract,
});

/**
 * Returns false, without storing anything, if the e-mail address is taken, or the username or one
 * that looks like it.
 */
export async function insertUser(
  trx: Transaction,
  identity: Identity,
  account: { passwordHash: string | null; contract: ClientContract },
): Promise<boolean> {
  if (!(await reserveLook(trx, 'users', identity.username))) return false;
  const inserted: unknown[] = await trx('users')
    .insert({
      id: identity.id,
      username: identity.username,
      username_key: foldName(identity.username),
      skeletons: skeletonsOf(identity.username),
      email: identity.email === '' ? null : identity.email,
      name: identity.name,
      password_hash: account.passwordHash,
      contract: account.contract,
      organization_id: identity.organizationId,
      organization_role: identity.organizationRole,
      created_at: identity.createdAt,
    })
    .onConflict()
    .ignore()
    .returning('id');
  return inserted.length > 0;
}

export async function findTaken(
  trx: Transaction,
  names: { username?: string | undefined; email: string },
): Promise<{ username: boolean; email: boolean }> {
  const email: unknown = await trx('users').where('email', names.email).first('id');
  if (names.username === undefined) return { username: false, email: email !== undefined };
  const username: unknown = await trx('users').where('username_key', foldName(names.username)).first('id');
  return {
    username: username !== undefined || (await isImitation(trx, 'users', names.username)),
    email: email !== undefined,
  };
}

export async function findUser(db: Queryable, userId: string): Promise<Identity | undefined> {
  const row = await db<UserRow>('users').where('id', userId).first();
  return row && toIdentity(row);
}

export async function findCredentials(db: Queryable, userId: string): Promise<Credentials | undefined> {
  const row = await db<UserRow>('users').where('id', userId).first();
  return row && toCredentials(row);
}

/** By e-mail address or username. */
export async function findCredentialsByLogin(db: Queryable, login: string): Promise<Credentials | undefined> {
  const row = await db<UserRow>('users')
    .where(isEmail(login) ? 'email' : 'username_key', loginKey(login))
    .first();
  return row && toCredentials(row);
}

/**
 * Reads and locks the user until the end of the transaction. A concurrent change waits, and then
 * sees what this transaction added.
 */
export async function lockUser(trx: Transaction, userId: string): Promise<Credentials | undefined> {
  const row = await trx<UserRow>('users').where('id', userId).forShare().first();
  return row && toCredentials(row);
}

/**
 * Locks the user exclusively: until the end of the transaction, nobody changes it or opens a
 * session for it.
 */
export async function lockUserToErase(trx: Transaction, userId: string): Promise<Credentials | undefined> {
  const row = await trx<UserRow>('users').where('id', userId).forUpdate().first();
  return row && toCredentials(row);
}

export async function deleteUser(trx: Transaction, userId: string): Promise<void> {
  await trx('users').where('id', userId).delete();
}

/** Returns false if the user is gone, or the password has changed since `version` (if given). */
export async function updatePassword(
  db: Queryable,
  userId: string,
  { version, passwordHash }: { version: number | undefined; passwordHash: string },
): Promise<boolean> {
  const changed = await db('users')
    .where('id', userId)
    .modify((query) => version !== undefined && query.where('password_version', version))
    .update({ password_hash: passwordHash, password_version: db.raw('password_version + 1') });
  return changed > 0;
}

/** Stores a new hash of the same password. */
export async function updatePasswordHash(
  db: Queryable,
  userId: string,
  change: { version: number; passwordHash: string },
): Promise<void> {
  await db('users')
    .where({ id: userId, password_version: change.version })
    .update({ password_hash: change.passwordHash });
}

/** Returns false if the user already belongs to an organization. */
export async function setMembership(
  trx: Transaction,
  userId: string,
  membership: Membership,
): Promise<boolean> {
  const changed = await trx('users')
    .where('id', userId)
    .whereNull('organization_id')
    .update({ organization_id: membership.organizationId, organization_role: membership.organizationRole });
  return changed > 0;
}

export async function updateName(trx: Transaction, userId: string, name: string): Promise<void> {
  await trx('users').where('id', userId).update({ name });
}

export async function clearMembership(trx: Transaction, userId: string): Promise<void> {
  await trx('users').where('id', userId).update({ organization_id: null, organization_role: null });
}

export async function setMemberRole(trx: Transaction, userId: string, role: OrganizationRole): Promise<void> {
  await trx('users').where('id', userId).update({ organization_role: role });
}

/**
 * The next admin after the last one: the first moderator to register, or else the first member.
 */
export async function findNextAdmin(trx: Transaction, organizationId: string): Promise<Identity | undefined> {
  const row = await trx<UserRow>('users')
    .where({ organization_id: organizationId, is_bot: false })
    .orderByRaw("organization_role = 'moderator' desc, id")
    .first();
  return row && toIdentity(row);
}

/** In order of registration. */
export async function findMembers(
  db: Queryable,
  organizationId: string,
  page: { limit: number; after?: string | undefined },
): Promise<Identity[]> {
  const rows = await db<UserRow>('users')
    .where('organization_id', organizationId)
    .modify((query) => page.after !== undefined && query.where('id', '>', page.after))
    .orderBy('id')
    .limit(page.limit);
  return rows.map(toIdentity);
}

/** Without bots. */
export async function countMembers(
  db: Queryable,
  organizationId: string,
): Promise<{ members: number; admins: number }> {
  const row: { members: number; admins: number } | undefined = await db('users')
    .where({ organization_id: organizationId, is_bot: false })
    .select(
      db.raw('count(*) as members'),
      db.raw("count(*) filter (where organization_role = 'admin') as admins"),
    )
    .first();
  return row ?? { members: 0, admins: 0 };
}
