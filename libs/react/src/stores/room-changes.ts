import type { RoomView, UpdatedEvent } from '@parley/client';

/** The room after somebody has changed it. */
export function afterUpdate(room: RoomView, event: UpdatedEvent): RoomView {
  const { name, isPrivate, organizationId, description, picture, earlierUnread, roomMentions, timestamp } =
    event;
  return {
    ...room,
    // A direct room has the name that it shows its user.
    name: room.kind === 'direct' ? room.name : name,
    isPrivate,
    organizationId,
    description: description ?? room.description,
    picture: picture ?? room.picture,
    earlierUnread: earlierUnread ?? room.earlierUnread,
    roomMentions: roomMentions ?? room.roomMentions,
    updatedAt: timestamp,
  };
}

/** Whether both have the same content. They are data of JSON with fields in the same order. */
export const isSame = (one: unknown, other: unknown): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other);

/** Whether both lists have the same objects in the same order. */
export const isSameList = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((item, index) => item === other[index]);
