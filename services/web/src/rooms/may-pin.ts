import type { RoomView } from '@parley/client';

/** Owners and admins pin messages; in a direct room, both people. */
export const mayPin = (room: RoomView | null): boolean =>
  room?.role === 'owner' || room?.role === 'admin' || (room?.kind === 'direct' && room.role !== null);
