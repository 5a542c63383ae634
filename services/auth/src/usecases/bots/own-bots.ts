import type { Queryable } from '@parley/database';
import { AppError } from '@parley/errors';
import type { Bot, BotOwner } from '../../domain/bot.ts';
import type { Identity } from '../../domain/identity.ts';
import { findBot, findBotsOf } from '../../stores/bots.ts';
import { lockOrganizationToChange } from '../../stores/organizations.ts';
import { findUser } from '../../stores/users.ts';
import type { Context, Transaction } from '../context.ts';

/** The owners in whose name a user acts: itself, and the organization that it administers. */
const ownersOf = ({ id, organizationId, organizationRole }: Identity): BotOwner[] => [
  { kind: 'user', id },
  ...(organizationId !== null && organizationRole === 'admin'
    ? [{ kind: 'organization' as const, id: organizationId }]
    : []),
];

/** The bots of the user, and for an admin those of the organization. */
export async function listBots({ db }: Context, { by }: { by: string }): Promise<Bot[]> {
  const user = await findUser(db, by);
  return user ? findBotsOf(db, ownersOf(user)) : [];
}

/** @throws AppError `user_not_found`, also for bots of others */
export async function requireOwnBot(
  { db }: { db: Queryable },
  { by, botId }: { by: string; botId: string },
): Promise<{ bot: Bot; actor: Identity }> {
  const [bot, actor] = await Promise.all([findBot(db, botId), findUser(db, by)]);
  if (
    !bot ||
    !actor ||
    !ownersOf(actor).some(({ kind, id }) => kind === bot.owner.kind && id === bot.owner.id)
  )
    throw new AppError('user_not_found');
  return { bot, actor };
}

/**
 * The user with its organization locked, so that neither changes before the end of the transaction.
 * @throws AppError `user_not_found`
 */
export async function lockOwner({ trx }: Transaction, userId: string): Promise<Identity> {
  const before = await findUser(trx, userId);
  if (before?.organizationId) await lockOrganizationToChange(trx, before.organizationId);
  const present = await findUser(trx, userId);
  if (!present) throw new AppError('user_not_found');
  if (present.organizationId !== before?.organizationId) throw new AppError('unavailable');
  return present;
}

/**
 * The owner that a user names for a bot.
 * @throws AppError `organization_not_found`, `not_authorized` unless the user is an admin
 */
export function namedOwner(user: Identity, kind: 'me' | 'organization'): BotOwner {
  if (kind === 'me') return { kind: 'user', id: user.id };
  if (user.organizationId === null) throw new AppError('organization_not_found');
  if (user.organizationRole !== 'admin') throw new AppError('not_authorized');
  return { kind: 'organization', id: user.organizationId };
}
