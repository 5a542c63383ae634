import type { RoomMentions, RoomView } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { stateOf } from '../domain/room.ts';
import type { Viewer } from '../domain/viewer.ts';
import { lockPeople } from '../stores/profiles.ts';
import { countOwned, insertRoom } from '../stores/rooms.ts';
import type { Context } from './context.ts';
import { admit } from './membership-changes.ts';
import { requireAddable, requirePeople } from './people.ts';
import { viewRoom } from './room-access.ts';

interface RoomRequest {
  /** @default a new id */
  id?: string | undefined;
  kind: 'group' | 'channel';
  name: string;
  description?: string | undefined;
  picture?: string | undefined;
  /** Groups are always private. @default false */
  isPrivate?: boolean | undefined;
  /** @default false */
  earlierUnread?: boolean | undefined;
  /** @default 'auto' */
  roomMentions?: RoomMentions | undefined;
  /** Members in addition to the viewer, who becomes the owner. At most 500. */
  members?: readonly string[] | undefined;
}

/**
 * Creates a group or channel in the viewer's organization. For direct rooms, see `openDirectRoom`.
 */
export async function createRoom(context: Context, viewer: Viewer, request: RoomRequest): Promise<RoomView> {
  const { kind, name, description = '', picture = '', isPrivate = false } = request;
  const { earlierUnread = false, roomMentions = 'auto' } = request;
  const others = [...new Set(request.members)].filter((id) => id !== viewer.userId);
  await requirePeople(context, [viewer.userId, ...others]);
  const id = request.id ?? context.newId();
  await context.transact(async (tx) => {
    await lockPeople(tx.trx, [viewer.userId, ...others]);
    await requireAddable(tx, context.limits, viewer, viewer.organizationId, others);
    if ((await countOwned(tx.trx, viewer.userId)) >= context.limits.roomsOwned.max)
      throw new AppError('limit_reached', context.limits.roomsOwned);
    const room = await insertRoom(
      tx.trx,
      {
        id,
        kind,
        name,
        description,
        picture,
        isPrivate: kind === 'group' || isPrivate,
        earlierUnread,
        roomMentions,
        organizationId: viewer.organizationId,
        ownerId: viewer.userId,
        createdBy: viewer.userId,
      },
      tx.now,
    );
    const owner = { userId: viewer.userId, role: 'owner' as const };
    const members = await admit(tx, context.limits, room, [
      owner,
      ...others.map((userId) => ({ userId, role: 'member' as const })),
    ]);
    tx.emit('room.created', { room: stateOf({ ...room, memberCount: members.length }), members });
  });
  return viewRoom(context.db, viewer, id);
}
