import type { Profile } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Viewer } from '../domain/viewer.ts';
import { findProfiles } from '../stores/profiles.ts';
import type { Context } from './context.ts';
import { requireVisible } from './people.ts';

/** @throws AppError `user_not_found`, also for users that the viewer may not see */
export async function getProfile(context: Context, viewer: Viewer, userId: string): Promise<Profile> {
  await requireVisible(context, viewer, [userId]);
  const [profile] = await findProfiles(context.db, [userId]);
  if (!profile) throw new AppError('user_not_found');
  return profile;
}
