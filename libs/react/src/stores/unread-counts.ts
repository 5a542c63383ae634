import type { RoomSummary } from './room-entry.ts';

/** How many messages of the rooms are unread. */
export function countUnread(rooms: readonly RoomSummary[]) {
  const sum = (of: (room: RoomSummary) => number) => rooms.reduce((total, room) => total + of(room), 0);
  return {
    total: sum((room) => (room.isMuted ? 0 : room.unread)),
    mentions: sum((room) => room.mentions),
    badge: sum((room) => room.badge),
    byRoom: Object.fromEntries(rooms.flatMap(({ id, unread }) => (unread > 0 ? [[id, unread]] : []))),
  };
}
