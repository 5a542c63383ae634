import type { JoinPolicy } from '@parley/contracts';
import { updateJoinPolicy } from '../../stores/organizations.ts';
import type { Context } from '../context.ts';
import { lockAsAdmin } from './own-organization.ts';

/** @throws AppError `organization_not_found`, `not_authorized` */
export const setJoinPolicy = (
  context: Context,
  { by, joinPolicy }: { by: string; joinPolicy: JoinPolicy },
): Promise<void> =>
  context.transact(async (tx) => {
    const { id } = await lockAsAdmin(tx, by);
    await updateJoinPolicy(tx.trx, id, joinPolicy);
  });
