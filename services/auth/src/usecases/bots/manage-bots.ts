import { AppError } from '@parley/errors';
import type { ApiKey } from '../../domain/api-key.ts';
import type { Bot, BotOwner } from '../../domain/bot.ts';
import { findKey, findKeys } from '../../stores/api-keys.ts';
import { findBot, findBotsOf, setBotOwner } from '../../stores/bots.ts';
import { anonymizeSessions } from '../../stores/sessions.ts';
import { deleteUser, findUser, lockUserToErase } from '../../stores/users.ts';
import type { CommandContext, Context, Transaction } from '../context.ts';
import { endSessions } from '../end-sessions.ts';
import { revokeKey, revokeKeysOf } from '../keys/revoke-key.ts';
import { lockOwner, namedOwner, requireOwnBot } from './own-bots.ts';

interface OwnBot {
  by: string;
  botId: string;
}

const maxListed = 500;

/** Deletes a bot as an erasure deletes a user. @throws AppError `user_not_found` */
export async function deleteBot(context: Context, which: OwnBot): Promise<void> {
  const { bot } = await requireOwnBot(context, which);
  await context.transact((tx) => eraseBot(context, tx, bot.id));
  context.logger.info({ userId: bot.id }, 'a bot was deleted');
}

/**
 * Gives a bot to another user of the same organization, or to the organization itself.
 * @throws AppError `user_not_found`, `organization_not_found`, `not_authorized`
 */
export const transferBot = (
  context: Context,
  { by, botId, to }: OwnBot & { to: { userId: string } | 'organization' },
): Promise<Bot> =>
  context.transact(async (tx) => {
    const actor = await lockOwner(tx, by);
    const { bot } = await requireOwnBot({ db: tx.trx }, { by, botId });
    const owner: BotOwner = to === 'organization' ? namedOwner(actor, to) : { kind: 'user', id: to.userId };
    if (owner.kind === 'user') {
      const next = await findUser(tx.trx, owner.id);
      if (!next || next.isBot || next.organizationId !== bot.organizationId)
        throw new AppError('user_not_found');
    }
    await setBotOwner(tx.trx, bot.id, owner);
    return { ...bot, owner };
  });

/** Newest first. @throws AppError `user_not_found` */
export async function listBotKeys(context: Context, which: OwnBot): Promise<ApiKey[]> {
  const { bot } = await requireOwnBot(context, which);
  const { organizationId, id } = bot;
  return findKeys(context.db, { organizationId, botId: id }, { limit: maxListed });
}

/** @throws AppError `user_not_found`, `api_key_not_found` */
export async function revokeBotKey(context: Context, { keyId, ...which }: OwnBot & { keyId: string }) {
  const { bot } = await requireOwnBot(context, which);
  const key = await findKey(context.db, keyId);
  if (key?.botId !== bot.id) throw new AppError('api_key_not_found');
  await context.transact((tx) => revokeKey(context, tx, key, { endSessions: false }));
}

/** Deletes the bots of an owner that goes away. */
export async function eraseBotsOf(context: CommandContext, tx: Transaction, owner: BotOwner): Promise<void> {
  for (const { id } of await findBotsOf(tx.trx, [owner])) await eraseBot(context, tx, id);
}

async function eraseBot(context: CommandContext, tx: Transaction, botId: string): Promise<void> {
  const bot = await findBot(tx.trx, botId);
  if (!bot || !(await lockUserToErase(tx.trx, botId))) return;
  await revokeKeysOf(context, tx, { organizationId: bot.organizationId, botId });
  await endSessions(context, tx, { userId: botId, reason: 'revoked' });
  await anonymizeSessions(tx.trx, botId);
  await deleteUser(tx.trx, botId);
  tx.emit('user.erased', { userId: botId });
}
