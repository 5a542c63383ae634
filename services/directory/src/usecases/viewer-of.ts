import type { Viewer } from '../domain/viewer.ts';
import { findProfiles } from '../stores/profiles.ts';
import type { Context } from './context.ts';
import { requirePeople } from './people.ts';

/**
 * The viewer for a user whom another service knows only by id. The organization comes from the
 * profile.
 * @throws AppError `user_not_found`
 */
export async function viewerOf(context: Context, userId: string): Promise<Viewer> {
  await requirePeople(context, [userId]);
  const [profile] = await findProfiles(context.db, [userId]);
  return { userId, organizationId: profile?.organizationId ?? null };
}
