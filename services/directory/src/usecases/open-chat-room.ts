import type { RoomView } from '@parley/contracts';
import { isOpenTo } from '../domain/room.ts';
import type { Viewer } from '../domain/viewer.ts';
import { findMember } from '../stores/members.ts';
import { findRoom } from '../stores/rooms.ts';
import { addMembers } from './add-members.ts';
import type { Context } from './context.ts';
import { createRoom } from './create-room.ts';

interface ChatRoomRequest {
  /** An existing room to invite to, if the viewer may see it. */
  existing?: string | null | undefined;
  /** Id for a new room. The caller chooses it, so that a repeated call creates no second room. */
  roomId: string;
  name: string;
  invited: readonly string[];
}

/** See `calls.createChatRoom`. @throws AppError as `createRoom`, `addMembers` */
export async function openChatRoom(
  context: Context,
  viewer: Viewer,
  request: ChatRoomRequest,
): Promise<RoomView> {
  const { existing, roomId, name, invited } = request;
  if (existing && (await isVisible(context, viewer, existing)))
    return addMembers(context, viewer, existing, invited);
  if (await findRoom(context.db, roomId)) return addMembers(context, viewer, roomId, invited);
  try {
    return await createRoom(context, viewer, { id: roomId, kind: 'group', name, members: invited });
  } catch (error) {
    // A concurrent call may have created it.
    if (await findRoom(context.db, roomId)) return addMembers(context, viewer, roomId, invited);
    throw error;
  }
}

async function isVisible({ db }: Context, viewer: Viewer, roomId: string): Promise<boolean> {
  const room = await findRoom(db, roomId);
  return (
    room !== undefined &&
    (isOpenTo(room, viewer) || (await findMember(db, roomId, viewer.userId)) !== undefined)
  );
}
