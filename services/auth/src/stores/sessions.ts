import type { ClientContract } from '@parley/contracts';
import type { Database, Transaction } from '@parley/database';
import type { Device, Session } from '../domain/session.ts';

interface SessionRow {
  id: string;
  user_id: string;
  user_agent: string;
  address: string;
  created_at: Date;
  last_used_at: Date;
  expires_at: Date;
  revoked_at: Date | null;
  contract: ClientContract | null;
}

interface NewSession {
  id: string;
  userId: string;
  contract: ClientContract;
  device: Device;
  now: Date;
  expiresAt: Date;
}

/** What a refresh token stands for. */
export interface PresentedToken {
  sessionId: string;
  userId: string;
  contract: ClientContract | null;
  used: boolean;
  /** The token and its session are neither expired nor revoked. */
  alive: boolean;
}

const mostListed = 100;
/** A clean-up takes no longer locks than this many rows need. */
const purgeBatch = 5_000;

export class SessionStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async insert(trx: Transaction, session: NewSession): Promise<void> {
    await trx('sessions').insert({
      id: session.id,
      user_id: session.userId,
      contract: session.contract,
      user_agent: session.device.userAgent,
      address: session.device.address,
      created_at: session.now,
      last_used_at: session.now,
      expires_at: session.expiresAt,
    });
  }

  async insertToken(trx: Transaction, token: { hash: Buffer; sessionId: string; expiresAt: Date }): Promise<void> {
    await trx('refresh_tokens').insert({ token_hash: token.hash, session_id: token.sessionId, expires_at: token.expiresAt });
  }

  /** Locks the token and its session: of two who present it at once, the second sees what the first did. */
  async lockToken(trx: Transaction, hash: Buffer, now: Date): Promise<PresentedToken | undefined> {
    const row:
      | (Pick<SessionRow, 'id' | 'user_id' | 'contract' | 'expires_at' | 'revoked_at'> & { used_at: Date | null; token_expires_at: Date })
      | undefined = await trx('refresh_tokens')
      .join('sessions', 'sessions.id', 'refresh_tokens.session_id')
      .where('token_hash', hash)
      .select('sessions.*', 'used_at', 'refresh_tokens.expires_at as token_expires_at')
      .forUpdate()
      .first();
    return (
      row && {
        sessionId: row.id,
        userId: row.user_id,
        contract: row.contract,
        used: row.used_at !== null,
        alive: row.revoked_at === null && row.expires_at > now && row.token_expires_at > now,
      }
    );
  }

  async markUsed(trx: Transaction, hash: Buffer, now: Date): Promise<void> {
    await trx('refresh_tokens').where('token_hash', hash).update({ used_at: now });
  }

  async touch(trx: Transaction, session: Omit<NewSession, 'userId' | 'contract'>): Promise<void> {
    await trx('sessions').where('id', session.id).update({
      user_agent: session.device.userAgent,
      address: session.device.address,
      last_used_at: session.now,
      expires_at: session.expiresAt,
    });
  }

  /** The live ones, last used first. */
  async list(userId: string, now: Date): Promise<Session[]> {
    const rows = await this.#db<SessionRow>('sessions')
      .where('user_id', userId)
      .whereNull('revoked_at')
      .where('expires_at', '>', now)
      .orderBy('last_used_at', 'desc')
      .limit(mostListed);
    return rows.map((row) => ({
      id: row.id,
      userAgent: row.user_agent,
      address: row.address,
      createdAt: row.created_at,
      lastUsedAt: row.last_used_at,
    }));
  }

  /** Ends a user's live sessions: that one, all but that one, or all. Answers the ids of those that were ended now. */
  async revoke(trx: Transaction, userId: string, which: { only?: string; except?: string }, now: Date): Promise<string[]> {
    const rows: Pick<SessionRow, 'id'>[] = await trx<SessionRow>('sessions')
      .where('user_id', userId)
      .whereNull('revoked_at')
      .where('expires_at', '>', now)
      .modify((query) => which.only !== undefined && query.where('id', which.only))
      .modify((query) => which.except !== undefined && query.whereNot('id', which.except))
      .update({ revoked_at: now })
      .returning('id');
    return rows.map((row) => row.id);
  }

  /** Nothing but that they have ended is kept of a user's sessions; that, until verifiers may forget it too. */
  async blank(trx: Transaction, userId: string): Promise<void> {
    const mine = trx('sessions').where('user_id', userId);
    await trx('refresh_tokens').whereIn('session_id', mine.clone().select('id')).delete();
    await mine.update({ user_agent: '', address: '' });
  }

  async revokedSince(time: Date): Promise<{ sessionId: string; revokedAt: Date }[]> {
    const rows: { id: string; revoked_at: Date }[] = await this.#db('sessions').select('id', 'revoked_at').where('revoked_at', '>', time);
    return rows.map((row) => ({ sessionId: row.id, revokedAt: row.revoked_at }));
  }

  /** Sessions that expired or were revoked before `endedBefore`, and refresh tokens that expired. */
  async deleteEnded(now: Date, endedBefore: Date): Promise<void> {
    await this.#db.raw(
      `delete from sessions where id in (
         select id from sessions where expires_at < :endedBefore or revoked_at < :endedBefore limit :batch for update skip locked)`,
      { endedBefore, batch: purgeBatch },
    );
    await this.#db.raw(
      `delete from refresh_tokens where token_hash in (
         select token_hash from refresh_tokens where expires_at < :now limit :batch for update skip locked)`,
      { now, batch: purgeBatch },
    );
  }
}
