import type { OrganizationRole } from '@parley/contracts';
import type { Queryable, Transaction } from '@parley/database';
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

const valid = (db: Queryable, now: Date) =>
  db<InviteRow>('organization_invites')
    .where('expires_at', '>', now)
    .where((either) => either.whereNull('max_uses').orWhereRaw('uses < max_uses'));

export async function insertInvite(trx: Transaction, invite: Invite, tokenHash: Buffer): Promise<void> {
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

export async function findInviteByHash(trx: Transaction, tokenHash: Buffer): Promise<Invite | undefined> {
  const row = await trx<InviteRow>('organization_invites').where('token_hash', tokenHash).first();
  return row && toInvite(row);
}

/** Returns false if the invite is expired or used up. */
export async function spendInvite(trx: Transaction, id: string, now: Date): Promise<boolean> {
  const used = await valid(trx, now).where('id', id).increment('uses', 1);
  return Number(used) > 0;
}

/** The valid invites, newest first. */
export async function findValidInvites(db: Queryable, organizationId: string, now: Date): Promise<Invite[]> {
  const rows = await valid(db, now).where('organization_id', organizationId).orderBy('id', 'desc');
  return rows.map(toInvite);
}

/** Returns false if there is none. */
export async function deleteInvite(trx: Transaction, organizationId: string, id: string): Promise<boolean> {
  return (await trx('organization_invites').where({ id, organization_id: organizationId }).delete()) > 0;
}

/** Deletes every invite that the user has created. */
export async function deleteInvitesOf(trx: Transaction, userId: string): Promise<void> {
  await trx('organization_invites').where('created_by', userId).delete();
}

export async function deleteExpiredInvites(db: Queryable, now: Date): Promise<void> {
  await db('organization_invites').where('expires_at', '<', now).delete();
}
