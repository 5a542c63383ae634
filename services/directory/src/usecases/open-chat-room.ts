import type { RoomView } from '@parley/contracts';
import type { Viewer } from '../domain/viewer.ts';
import { findRoom } from '../stores/rooms.ts';
import { addMembers } from './add-members.ts';
import type { Context } from './context.ts';
import { createRoom } from './create-room.ts';

export interface ChatRoomRequest {
  /** Chosen by whoever asks, so that asking again makes no second room. */
  roomId: string;
  /** For a room that has to be made. */
  name: string;
  invited: readonly string[];
}

/** A group under a given id with these people; where there is that room already, they are added to it. @throws AppError as `createRoom`, `addMembers` */
export async function openChatRoom(context: Context, viewer: Viewer, { roomId, name, invited }: ChatRoomRequest): Promise<RoomView> {
  if (await findRoom(context.db, roomId)) return addMembers(context, viewer, roomId, invited);
  try {
    return await createRoom(context, viewer, { id: roomId, kind: 'group', name, members: invited });
  } catch (error) {
    // Somebody else may have made it at the same moment.
    if (await findRoom(context.db, roomId)) return addMembers(context, viewer, roomId, invited);
    throw error;
  }
}
