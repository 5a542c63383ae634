import { roomsApi } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import { addMembers } from '../usecases/add-members.ts';
import type { Context } from '../usecases/context.ts';
import { deleteRoom } from '../usecases/delete-room.ts';
import { joinRoom } from '../usecases/join-room.ts';
import { leaveRoom } from '../usecases/leave-room.ts';
import { listMembers } from '../usecases/list-members.ts';
import { listRooms } from '../usecases/list-rooms.ts';
import { removeMember } from '../usecases/remove-member.ts';
import { viewRoom } from '../usecases/room-access.ts';
import { setMemberRole } from '../usecases/set-member-role.ts';
import { transferRoom } from '../usecases/transfer-room.ts';
import { updateRoom } from '../usecases/update-room.ts';
import { createRoomRoute } from './create-room.ts';

export const roomRoutes = (context: Context): Route[] => [
  createRoomRoute(context),
  route(roomsApi.listRooms, ({ caller, query }) =>
    listRooms(context, caller, query.mine ? { userId: caller.userId } : 'visible', query),
  ),
  route(roomsApi.getRoom, ({ caller, params }) => viewRoom(context.db, caller, params.roomId)),
  route(roomsApi.updateRoom, ({ caller, params, body }) => updateRoom(context, caller, params.roomId, body)),
  route(roomsApi.deleteRoom, ({ caller, params }) => deleteRoom(context, caller, params.roomId)),
  route(roomsApi.joinRoom, ({ caller, params }) => joinRoom(context, caller, params.roomId)),
  route(roomsApi.leaveRoom, async ({ caller, params }) => {
    await leaveRoom(context, caller, params.roomId);
    return { success: true as const, message: 'You have left the room.' };
  }),
  route(roomsApi.listMembers, ({ caller, params, query }) =>
    listMembers(context, caller, params.roomId, query),
  ),
  route(roomsApi.addMembers, ({ caller, params, body }) =>
    addMembers(context, caller, params.roomId, body.userIds),
  ),
  route(roomsApi.removeMember, async ({ caller, params }) => {
    await removeMember(context, caller, params.roomId, params.userId);
  }),
  route(roomsApi.setMemberRole, ({ caller, params, body }) =>
    setMemberRole(context, caller, params.roomId, params.userId, body.role),
  ),
  route(roomsApi.transferRoom, ({ caller, params, body }) =>
    transferRoom(context, caller, params.roomId, body.userId),
  ),
];
