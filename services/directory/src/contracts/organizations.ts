import { type OrganizationsChatRoom, organizationsContract, type RoomView } from '@parley/contracts';
import { type Limiter, type Route, route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { createRoom } from '../usecases/create-room.ts';
import { listRooms } from '../usecases/list-rooms.ts';

/** @param limitList limits requests for the list, per user */
export const organizationsRoutes = (context: Context, limitList: Limiter): Route[] => [
  route(organizationsContract.listChatRooms, async ({ caller, query: { page, pageSize } }) => {
    await limitList(caller.userId);
    const found = await listRooms(context, caller, 'home', { limit: pageSize, page });
    const total = found.total ?? 0;
    return { total, pages: Math.ceil(total / pageSize), currentPage: page, data: found.rooms.map(chatRoom) };
  }),
  route(organizationsContract.createChatRoom, async ({ caller, body }) => {
    const room = await createRoom(context, caller, { kind: 'channel', name: body.name });
    return { ...chatRoom(room), created_by: room.createdBy, created_at: room.createdAt };
  }),
];

const chatRoom = ({
  id,
  name,
  peer,
  createdAt,
  updatedAt,
  organizationId,
}: RoomView): OrganizationsChatRoom => ({
  id,
  name: name ?? peer?.name ?? '',
  createdAt,
  updatedAt,
  organization_id: organizationId,
});
