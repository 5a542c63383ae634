import { deleteOrganization } from '../../stores/organizations.ts';
import { eraseBotsOf } from '../bots/manage-bots.ts';
import type { CommandContext, Transaction } from '../context.ts';
import { revokeKeysOf } from '../keys/revoke-key.ts';

/** Deletes an organization without members, with its keys and bots. It must be locked. */
export async function dissolve(
  context: CommandContext,
  tx: Transaction,
  organizationId: string,
): Promise<void> {
  await revokeKeysOf(context, tx, { organizationId, botId: null });
  await eraseBotsOf(context, tx, { kind: 'organization', id: organizationId });
  await deleteOrganization(tx.trx, organizationId);
}
