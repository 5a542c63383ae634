import type { Scope } from '@parley/contracts';
import { AppError, validationFailed } from '@parley/errors';
import { type Bot, botScopes, maxBotsPerOwner, possibleBotScopes } from '../../domain/bot.ts';
import { findBotsOf, insertBot } from '../../stores/bots.ts';
import { addUser } from '../add-user.ts';
import type { Context, Transaction } from '../context.ts';
import { addKey, type CreatedKey, type NewKey } from '../keys/create-key.ts';
import { lockOwner, namedOwner, requireOwnBot } from './own-bots.ts';

interface CreateBot {
  by: string;
  username?: string | undefined;
  name?: string | undefined;
  owner: 'me' | 'organization';
  scopes?: readonly Scope[] | undefined;
}

const firstKeyName = 'default';

/**
 * Creates a bot in its owner's organization, with its first key.
 * @throws AppError `organization_not_found`, `not_authorized`, `username_taken`, `limit_reached`,
 *   `validation_failed`
 */
export const createBot = (
  context: Context,
  { by, username, name, owner: kind, scopes }: CreateBot,
): Promise<CreatedKey & { bot: Bot }> =>
  context.transact(async (tx) => {
    const user = await lockOwner(tx, by);
    const owner = namedOwner(user, kind);
    if ((await findBotsOf(tx.trx, [owner])).length >= maxBotsPerOwner)
      throw new AppError('limit_reached', { detail: `At most ${maxBotsPerOwner} bots.` });
    const { organizationId } = user;
    const identity = await addUser(context, tx, {
      ...{ username, name, email: '', passwordHash: null, contract: 'rooms' as const, owner },
      membership: organizationId
        ? { organizationId, organizationRole: 'user' as const }
        : { organizationId: null, organizationRole: null },
    });
    await insertBot(tx.trx, identity.id, owner);
    const bot = { ...identity, owner };
    return { bot, ...(await addBotKey(context, tx, bot, { name: firstKeyName, scopes, createdBy: by })) };
  });

/**
 * Adds a key of a bot. Two of one name may be valid at once.
 * @throws AppError `user_not_found`, `limit_reached`, `validation_failed`
 */
export async function createBotKey(
  context: Context,
  { by, botId, ...key }: Omit<NewKey, 'scopes'> & Pick<CreateBot, 'scopes'> & { by: string; botId: string },
): Promise<CreatedKey> {
  const { bot } = await requireOwnBot(context, { by, botId });
  return context.transact((tx) => addBotKey(context, tx, bot, { ...key, createdBy: by }));
}

function addBotKey(
  context: Context,
  tx: Transaction,
  { id, organizationId }: Pick<Bot, 'id' | 'organizationId'>,
  key: Omit<NewKey, 'scopes'> & Pick<CreateBot, 'scopes'> & { createdBy: string },
): Promise<CreatedKey> {
  const scopes = key.scopes ?? botScopes;
  const message = `must be of ${possibleBotScopes.join(', ')}`;
  if (scopes.some((scope) => !possibleBotScopes.includes(scope)))
    throw validationFailed({ field: 'scopes', message, reason: 'invalid' });
  return addKey(context, tx, { organizationId, botId: id }, { ...key, scopes });
}
