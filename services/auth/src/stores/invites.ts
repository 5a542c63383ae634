import type { OrganizationRole } from '@parley/contracts';
import type { Database, Queryable, Transaction } from '@parley/database';
import type { Invite } from '../domain/organization.ts';

interface InviteRow {
  id: string;
  organization_id: string;
  token_hash: Buffer;
  role: OrganizationRole;
  uses: number;
  max_uses: number | null;
  expires_at: Date;
  created_by: string;
  created_at: Date;
}

const toInvite = (row: InviteRow): Invite => ({
  id: row.id,
  organizationId: row.organization_id,
  role: row.role,
  uses: row.uses,
  maxUses: row.max_uses,
  expiresAt: row.expires_at,
  createdBy: row.created_by,
  createdAt: row.created_at,
});

export class InviteStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async insert(trx: Transaction, invite: Invite, tokenHash: Buffer): Promise<void> {
    await trx('organization_invites').insert({
      id: invite.id,
      organization_id: invite.organizationId,
      token_hash: tokenHash,
      role: invite.role,
      uses: invite.uses,
      max_uses: invite.maxUses,
      expires_at: invite.expiresAt,
      created_by: invite.createdBy,
      created_at: invite.createdAt,
    });
  }

  async findByToken(trx: Transaction, tokenHash: Buffer): Promise<Invite | undefined> {
    const row = await trx<InviteRow>('organization_invites').where('token_hash', tokenHash).first();
    return row && toInvite(row);
  }

  /** Returns false if the invite is expired or used up. */
  async use(trx: Transaction, id: string, now: Date): Promise<boolean> {
    const used = await this.#valid(trx, now).where('id', id).increment('uses', 1);
    return Number(used) > 0;
  }

  /** The valid invites, newest first. */
  async list(organizationId: string, now: Date, db: Queryable = this.#db): Promise<Invite[]> {
    const rows = await this.#valid(db, now).where('organization_id', organizationId).orderBy('id', 'desc');
    return rows.map(toInvite);
  }

  /** Returns false if there is none. */
  async delete(trx: Transaction, organizationId: string, id: string): Promise<boolean> {
    return (await trx('organization_invites').where({ id, organization_id: organizationId }).delete()) > 0;
  }

  async deleteExpired(now: Date): Promise<void> {
    await this.#db('organization_invites').where('expires_at', '<', now).delete();
  }

  #valid(db: Queryable, now: Date) {
    return db<InviteRow>('organization_invites')
      .where('expires_at', '>', now)
      .where((either) => either.whereNull('max_uses').orWhereRaw('uses < max_uses'));
  }
}
