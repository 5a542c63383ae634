import type { Viewer } from '../domain/viewer.ts';
import { findProfiles } from '../stores/profiles.ts';
import type { Context } from './context.ts';
import { requirePeople } from './people.ts';

/** A user of whom another service knows the id alone: the organization is that of their profile. @throws AppError `user_not_found` */
export async function viewerOf(context: Context, userId: string): Promise<Viewer> {
  await requirePeople(context, [userId]);
  const [profile] = await findProfiles(context.db, [userId]);
  return { userId, organizationId: profile?.organizationId ?? null };
}
