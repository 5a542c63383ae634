import type { Profile } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Viewer } from '../domain/viewer.ts';
import { hasBlock } from '../stores/blocks.ts';
import { lockPeople } from '../stores/profiles.ts';
import { ensureContact } from './contact-changes.ts';
import type { Context } from './context.ts';
import { getProfile } from './get-profile.ts';
import { forbidSelf } from './people.ts';

/** Idempotent. */
export async function addContact(context: Context, viewer: Viewer, userId: string): Promise<Profile> {
  forbidSelf(viewer, userId);
  const profile = await getProfile(context, viewer, userId);
  await context.transact(async (tx) => {
    await lockPeople(tx.trx, [viewer.userId, userId]);
    if (await hasBlock(tx.trx, viewer.userId, [userId])) throw new AppError('blocked');
    await ensureContact(tx, context.limits, viewer.userId, userId);
  });
  return profile;
}
