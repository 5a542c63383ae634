import type { JoinPolicy } from '@parley/contracts';
import type { AuthContext } from '../context.ts';
import { lockOwnOrganization, requireAdmin } from './own-organization.ts';

/** @throws AppError `organization_not_found`, `not_authorized` */
export const setJoinPolicy =
  (context: AuthContext) =>
  async ({ by, joinPolicy }: { by: string; joinPolicy: JoinPolicy }): Promise<void> => {
    await context.outbox.transact(async (trx) => {
      const { organization, actor } = await lockOwnOrganization(context, trx, by);
      requireAdmin(actor);
      await context.organizations.setJoinPolicy(trx, organization.id, joinPolicy);
    });
  };
