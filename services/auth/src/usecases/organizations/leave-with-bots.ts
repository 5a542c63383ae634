import { findBotsOf } from '../../stores/bots.ts';
import type { CommandContext, Transaction } from '../context.ts';
import { endSessions } from '../end-sessions.ts';
import { leave } from './membership-changes.ts';

/**
 * Takes a user and its own bots out of an organization, and ends their sessions, whose tokens would
 * still name it.
 */
export async function leaveWithBots(
  context: CommandContext,
  tx: Transaction,
  userId: string,
  organizationId: string,
): Promise<void> {
  const bots = await findBotsOf(tx.trx, [{ kind: 'user', id: userId }]);
  for (const { id } of [{ id: userId }, ...bots]) {
    await leave(tx, id, organizationId);
    await endSessions(context, tx, { userId: id, reason: 'organization_left' });
  }
}
