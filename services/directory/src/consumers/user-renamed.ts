import type { EventOf } from '@parley/contracts';
import { updateProfile } from '../stores/profiles.ts';
import type { Context } from '../usecases/context.ts';

/** Adopts the name that an integrator gives a user. */
export const userRenamed = (
  context: Context,
  { data: { userId, name } }: EventOf<'user.renamed'>,
): Promise<void> => context.transact(({ trx, now }) => updateProfile(trx, userId, { name }, now));
