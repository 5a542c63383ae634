import type { RoomInvite } from '@parley/contracts';
import type { Viewer } from '../domain/viewer.ts';
import { findUsableInvites } from '../stores/invites.ts';
import type { Context } from './context.ts';
import { requireManager } from './room-access.ts';

/** The usable invites, newest first. For owners and admins. */
export async function listInvites(
  context: Context,
  viewer: Viewer,
  roomId: string,
): Promise<{ invites: RoomInvite[] }> {
  await requireManager(context.db, viewer, roomId);
  return { invites: await findUsableInvites(context.db, roomId, new Date(context.clock())) };
}
