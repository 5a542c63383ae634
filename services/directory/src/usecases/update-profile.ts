import type { Profile, ProfileChanges } from '@parley/contracts';
import type { Viewer } from '../domain/viewer.ts';
import * as profiles from '../stores/profiles.ts';
import type { Context } from './context.ts';
import { getProfile } from './get-profile.ts';
import { requirePeople } from './people.ts';

/** Updates the viewer's own profile. */
export async function updateProfile(
  context: Context,
  viewer: Viewer,
  changes: ProfileChanges,
): Promise<Profile> {
  await requirePeople(context, [viewer.userId]);
  await context.transact(({ trx, now }) => profiles.updateProfile(trx, viewer.userId, changes, now));
  return getProfile(context, viewer, viewer.userId);
}
