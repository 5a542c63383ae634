import type { ApiKey } from '../../domain/api-key.ts';
import { findKeysToRevoke, type KeyOwner, markKeyRevoked } from '../../stores/api-keys.ts';
import { findSessionsMintedBy } from '../../stores/sessions.ts';
import type { CommandContext, Context, Transaction } from '../context.ts';
import { endSessions } from '../end-sessions.ts';
import { keyOfAdmin } from './own-keys.ts';

/**
 * Revokes a key of an organization. Repeating it changes nothing.
 * @throws AppError `organization_not_found`, `not_authorized`, `api_key_not_found`
 */
export async function revokeOrganizationKey(
  context: Context,
  { by, keyId, endSessions = false }: { by: string; keyId: string; endSessions?: boolean },
): Promise<void> {
  const key = await keyOfAdmin(context, { by, keyId });
  await context.transact((tx) => revokeKey(context, tx, key, { endSessions }));
  context.logger.info({ keyId, by }, 'a key was revoked');
}

/**
 * Revokes a key, whose tokens every verifier then refuses. Returns false if it was revoked before.
 * @param options.endSessions also ends the sessions that it created for users
 */
export async function revokeKey(
  context: CommandContext,
  tx: Transaction,
  key: Pick<ApiKey, 'id' | 'botId'>,
  options: { endSessions: boolean },
): Promise<boolean> {
  const revoked = await markKeyRevoked(tx.trx, key.id, new Date(context.clock()));
  const userId = key.botId ?? key.id;
  await endSessions(context, tx, { userId, only: key.id, reason: 'revoked' });
  if (options.endSessions)
    for (const session of await findSessionsMintedBy(tx.trx, key.id))
      await endSessions(context, tx, { userId: session.userId, only: session.id, reason: 'revoked' });
  return revoked;
}

/** Revokes all keys of an owner that goes away. */
export async function revokeKeysOf(context: CommandContext, tx: Transaction, owner: KeyOwner): Promise<void> {
  for (const id of await findKeysToRevoke(tx.trx, owner))
    await revokeKey(context, tx, { id, botId: owner.botId }, { endSessions: false });
}
