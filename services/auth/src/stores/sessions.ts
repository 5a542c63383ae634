import type { ClientContract } from '@parley/contracts';
import type { Queryable, Transaction } from '@parley/database';
import type { Device, Session } from '../domain/session.ts';

interface SessionRow {
  id: string;
  user_id: string;
  user_agent: string;
  address: string;
  created_at: Date;
  last_used_at: Date;
  expires_at: Date;
  access_expires_at: Date;
  revoked_at: Date | null;
  contract: ClientContract | null;
  key_id: string | null;
  minted_by: string | null;
}

interface NewSession {
  id: string;
  userId: string;
  contract: ClientContract;
  device: Device;
  now: Date;
  /** When the session ends unless it is refreshed. */
  expiresAt: Date;
  /** When the longest-lived access token issued now expires. */
  accessExpiresAt: Date;
  /** The key whose tokens act for the user in this session. */
  keyId?: string;
  /** The key that created the session for the user. */
  mintedBy?: string;
  /** Identifies the session of the user at another provider. */
  externalKey?: string;
}

interface RevokedSession {
  id: string;
  revokedAt: Date;
  accessExpiresAt: Date;
}

const maxListed = 100;

export async function insertSession(trx: Transaction, session: NewSession): Promise<void> {
  await trx('sessions').insert({
    id: session.id,
    user_id: session.userId,
    contract: session.contract,
    user_agent: session.device.userAgent,
    address: session.device.address,
    created_at: session.now,
    last_used_at: session.now,
    expires_at: latest(session.expiresAt, session.accessExpiresAt),
    access_expires_at: session.accessExpiresAt,
    key_id: session.keyId ?? null,
    minted_by: session.mintedBy ?? null,
    external_key: session.externalKey ?? null,
  });
}

/** The live session in which a key acts for a user. */
export async function findActingSession(
  trx: Transaction,
  which: { keyId: string; userId: string },
  now: Date,
): Promise<string | undefined> {
  const row: { id: string } | undefined = await trx('sessions')
    .where({ key_id: which.keyId, user_id: which.userId })
    .whereNull('revoked_at')
    .where('expires_at', '>', now)
    .first('id');
  return row?.id;
}

/** The users with live sessions that a key created. */
export async function findSessionsMintedBy(
  trx: Transaction,
  keyId: string,
): Promise<{ id: string; userId: string }[]> {
  const rows: { id: string; user_id: string }[] = await trx('sessions')
    .where('minted_by', keyId)
    .whereNull('revoked_at')
    .select('id', 'user_id');
  return rows.map((row) => ({ id: row.id, userId: row.user_id }));
}

/** Records a use. The session never ends before one of its access tokens. */
export async function touchSession(
  trx: Transaction,
  session: Omit<NewSession, 'userId' | 'contract'>,
): Promise<void> {
  await trx('sessions')
    .where('id', session.id)
    .update({
      user_agent: session.device.userAgent,
      address: session.device.address,
      last_used_at: session.now,
      expires_at: trx.raw('greatest(access_expires_at, ?)', [
        latest(session.expiresAt, session.accessExpiresAt),
      ]),
      access_expires_at: trx.raw('greatest(access_expires_at, ?)', [session.accessExpiresAt]),
    });
}

/** The live sessions, last used first. */
export async function findSessions(db: Queryable, userId: string, now: Date): Promise<Session[]> {
  const rows = await db<SessionRow>('sessions')
    .where('user_id', userId)
    .whereNull('revoked_at')
    .whereNull('key_id')
    .where('expires_at', '>', now)
    .orderBy('last_used_at', 'desc')
    .limit(maxListed);
  return rows.map((row) => ({
    id: row.id,
    userAgent: row.user_agent,
    address: row.address,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  }));
}

/** Whether the session has not ended; it does not end before this transaction does. */
export async function isSessionLive(trx: Transaction, userId: string, sessionId: string): Promise<boolean> {
  const live: unknown = await trx('sessions')
    .where({ id: sessionId, user_id: userId })
    .whereNull('revoked_at')
    .forShare()
    .first('id');
  return live !== undefined;
}

/** Ends a user's live sessions: one, all but one, or all. Returns those that it ended. */
export async function markSessionsRevoked(
  trx: Transaction,
  userId: string,
  which: { only?: string; except?: string },
  now: Date,
): Promise<RevokedSession[]> {
  const rows: Pick<SessionRow, 'id' | 'access_expires_at'>[] = await trx<SessionRow>('sessions')
    .where('user_id', userId)
    .whereNull('revoked_at')
    .where('expires_at', '>', now)
    .modify((query) => which.only !== undefined && query.where('id', which.only))
    .modify((query) => which.except !== undefined && query.whereNot('id', which.except))
    .update({ revoked_at: now })
    .returning(['id', 'access_expires_at']);
  return rows.map((row) => ({ id: row.id, revokedAt: now, accessExpiresAt: row.access_expires_at }));
}

/**
 * Deletes everything about a user's sessions except that they have ended, which verifiers still
 * need.
 */
export async function anonymizeSessions(trx: Transaction, userId: string): Promise<void> {
  const mine = trx('sessions').where('user_id', userId);
  await trx('refresh_tokens').whereIn('session_id', mine.clone().select('id')).delete();
  await mine.update({ user_agent: '', address: '' });
}

/**
 * A page, by id, of sessions that were revoked after `revokedAfter` or have access tokens that
 * expire after `accessAfter`.
 */
export async function findRevokedSessions(
  db: Queryable,
  since: { revokedAfter: Date; accessAfter: Date },
  page: { after?: string | undefined; limit: number },
): Promise<RevokedSession[]> {
  const rows: { id: string; revoked_at: Date; access_expires_at: Date }[] = await db('sessions')
    .select('id', 'revoked_at', 'access_expires_at')
    .whereNotNull('revoked_at')
    .where((either) =>
      either
        .where('revoked_at', '>', since.revokedAfter)
        .orWhere('access_expires_at', '>', since.accessAfter),
    )
    .modify((query) => page.after !== undefined && query.where('id', '>', page.after))
    .orderBy('id')
    .limit(page.limit);
  return rows.map((row) => ({
    id: row.id,
    revokedAt: row.revoked_at,
    accessExpiresAt: row.access_expires_at,
  }));
}

/**
 * Deletes at most `limit` sessions that ended before `before`, as did all their access tokens.
 * Their refresh tokens are deleted too.
 */
export async function deleteEndedSessions(db: Queryable, before: Date, limit: number): Promise<void> {
  await db.raw(
    `delete from sessions where id in (
       select id from sessions
       where expires_at < :before or (revoked_at < :before and access_expires_at < :before)
       limit :limit for update skip locked)`,
    { before, limit },
  );
}

const latest = (one: Date, other: Date): Date => (one > other ? one : other);
