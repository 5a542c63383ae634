import type { OrganizationRole } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { hashToken } from '@parley/runtime';
import { newSecretToken } from '../../crypto/secret-token.ts';
import type { Invite } from '../../domain/organization.ts';
import { deleteInvite, findValidInvites, insertInvite } from '../../stores/invites.ts';
import type { Context } from '../context.ts';
import { lockAsAdmin, ownOrganization, requireAdmin } from './own-organization.ts';

/** Maximum number of valid invites per organization, which bounds the list. */
const maxInvites = 100;

interface CreateInvite {
  by: string;
  role: OrganizationRole;
  /** Absent: unlimited. */
  maxUses?: number | undefined;
  ttlMs: number;
}

/**
 * Returns the token, this one time; only its hash is stored.
 * @throws AppError `organization_not_found`, `not_authorized`, `limit_reached`
 */
export const createInvite = (
  context: Context,
  { by, role, maxUses, ttlMs }: CreateInvite,
): Promise<{ invite: Invite; token: string }> =>
  context.transact(async (tx) => {
    const organization = await lockAsAdmin(tx, by);
    const now = context.clock();
    const valid = await findValidInvites(tx.trx, organization.id, new Date(now));
    if (valid.length >= maxInvites) throw new AppError('limit_reached');
    const token = newSecretToken();
    const invite: Invite = {
      id: context.newId(),
      organizationId: organization.id,
      role,
      uses: 0,
      maxUses: maxUses ?? null,
      expiresAt: new Date(now + ttlMs),
      createdBy: by,
      createdAt: new Date(now),
    };
    await insertInvite(tx.trx, invite, hashToken(token));
    return { invite, token };
  });

/** The valid invites. @throws AppError `organization_not_found`, `not_authorized` */
export async function listInvites(context: Context, { by }: { by: string }): Promise<Invite[]> {
  const { organization, actor } = await ownOrganization(context, by);
  requireAdmin(actor);
  return findValidInvites(context.db, organization.id, new Date(context.clock()));
}

/** @throws AppError `organization_not_found`, `not_authorized`, `invite_not_found` */
export const revokeInvite = (
  context: Context,
  { by, inviteId }: { by: string; inviteId: string },
): Promise<void> =>
  context.transact(async (tx) => {
    const { id } = await lockAsAdmin(tx, by);
    if (!(await deleteInvite(tx.trx, id, inviteId))) throw new AppError('invite_not_found');
  });
