import { AppError } from '@parley/errors';
import type { Identity } from '../domain/identity.ts';
import { findUser } from '../stores/users.ts';
import type { Context } from './context.ts';

/** @throws AppError `user_not_found` */
export async function getMe({ db }: Context, { userId }: { userId: string }): Promise<Identity> {
  const identity = await findUser(db, userId);
  if (!identity) throw new AppError('user_not_found');
  return identity;
}
