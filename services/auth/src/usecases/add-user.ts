import { randomInt } from 'node:crypto';
import type { ClientContract } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { BotOwner } from '../domain/bot.ts';
import { type Identity, isReserved, usernameCandidates } from '../domain/identity.ts';
import { findTaken, insertUser } from '../stores/users.ts';
import type { Context, Transaction } from './context.ts';

export interface NewUser {
  /** @default derived from the name, or else from the e-mail address */
  username?: string | undefined;
  /** Digits follow a chosen username that is taken. @default false: it is refused */
  usernameIsHint?: boolean;
  /** In lower case, as the schema `email` leaves it. Empty: none. */
  email: string;
  /** @default the username */
  name?: string | undefined;
  /** Null: the user cannot log in with a password. */
  passwordHash: string | null;
  contract: ClientContract;
  /** Of a bot. */
  owner?: BotOwner | undefined;
  membership: Pick<Identity, 'organizationId' | 'organizationRole'>;
}

const randomDigits = (count: number) => String(randomInt(10 ** count)).padStart(count, '0');

/**
 * Creates an identity, and announces it.
 * @throws AppError `username_taken`, `email_taken`
 */
export async function addUser(
  { clock, newId }: Pick<Context, 'clock' | 'newId'>,
  { trx, emit }: Transaction,
  user: NewUser,
): Promise<Identity> {
  const { usernameIsHint = false, email, passwordHash, contract } = user;
  const chosen = user.username !== undefined && !usernameIsHint;
  const from = { name: user.username ?? user.name, email };
  for (const username of chosen ? [from.name ?? ''] : usernameCandidates(from, randomDigits)) {
    if (isReserved(username)) {
      if (chosen) throw nameTaken({ username: true, email: false });
      continue;
    }
    const identity: Identity = {
      id: newId(),
      username,
      email,
      name: user.name ?? username,
      ...user.membership,
      createdAt: new Date(clock()),
    };
    if (await insertUser(trx, identity, { passwordHash, contract })) {
      const { id: userId, name, organizationId, organizationRole, createdAt } = identity;
      emit('user.registered', {
        ...{ userId, username, name, organizationId, organizationRole },
        createdAt: createdAt.toISOString(),
        ...(user.owner && { isBot: true, owner: user.owner }),
      });
      return identity;
    }
    const taken = await findTaken(trx, identity);
    if (taken.email || chosen) throw nameTaken({ username: chosen && taken.username, email: taken.email });
  }
  throw new AppError('unavailable');
}

/** Reports every taken field; the code is that of the first. */
export function nameTaken(taken: { username: boolean; email: boolean }): AppError {
  const fields = [
    ...(taken.username ? [{ field: 'username', message: 'is taken', reason: 'taken' as const }] : []),
    ...(taken.email ? [{ field: 'email', message: 'is already registered', reason: 'taken' as const }] : []),
  ];
  return new AppError(taken.username ? 'username_taken' : 'email_taken', { fields });
}
