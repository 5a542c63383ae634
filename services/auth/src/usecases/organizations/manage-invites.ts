import type { OrganizationRole } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { hashToken } from '@parley/runtime';
import { newSecretToken } from '../../crypto/secret-token.ts';
import type { Invite } from '../../domain/organization.ts';
import type { AuthContext } from '../context.ts';
import { lockOwnOrganization, ownOrganization, requireAdmin } from './own-organization.ts';

/** Maximum number of valid invites per organization, which bounds the list. */
const maxInvites = 100;

export interface CreateInvite {
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
export const createInvite =
  (context: AuthContext) =>
  async ({ by, role, maxUses, ttlMs }: CreateInvite): Promise<{ invite: Invite; token: string }> => {
    const token = newSecretToken();
    const invite = await context.outbox.transact(async (trx) => {
      const { organization, actor } = await lockOwnOrganization(context, trx, by);
      requireAdmin(actor);
      const now = context.clock();
      const valid = await context.invites.list(organization.id, new Date(now), trx);
      if (valid.length >= maxInvites) throw new AppError('limit_reached');
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
      await context.invites.insert(trx, invite, hashToken(token));
      return invite;
    });
    return { invite, token };
  };

/** The valid invites. @throws AppError `organization_not_found`, `not_authorized` */
export const listInvites =
  (context: AuthContext) =>
  async ({ by }: { by: string }): Promise<Invite[]> => {
    const { organization, actor } = await ownOrganization(context, by);
    requireAdmin(actor);
    return context.invites.list(organization.id, new Date(context.clock()));
  };

/** @throws AppError `organization_not_found`, `not_authorized`, `invite_not_found` */
export const revokeInvite =
  (context: AuthContext) =>
  async ({ by, inviteId }: { by: string; inviteId: string }): Promise<void> => {
    await context.outbox.transact(async (trx) => {
      const { organization, actor } = await lockOwnOrganization(context, trx, by);
      requireAdmin(actor);
      if (!(await context.invites.delete(trx, organization.id, inviteId)))
        throw new AppError('invite_not_found');
    });
  };
