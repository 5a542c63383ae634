import { useEffect } from 'react';
import { type Presence, presenceIn } from '../stores/presence-store.ts';
import { countOnline, type RoomPresence } from '../stores/room-presence-store.ts';
import { useParleyStore } from './parley-provider.ts';
import { useSelected } from './use-readable.ts';

/**
 * Whether a user is online. It is known of users with a direct room, and of the members of rooms
 * whose presence is shown; `unknown` otherwise.
 */
export function usePresence(userId: string): Presence {
  const { presence } = useParleyStore();
  useEffect(() => presence.want(userId), [presence, userId]);
  return useSelected(presence, (online) => presenceIn(online, userId));
}

/**
 * The members of a room (at most 1,000): whether they are online. In rooms of more than 100 members
 * by default, that is as of the last load.
 */
export const useRoomPresence = (roomId: string): RoomPresence =>
  useSelected(useParleyStore().roomPresence.get(roomId), ({ members }) => members);

/** How many members of a room are online. The server counts those of large rooms. */
export const useOnlineCount = (roomId: string): number =>
  useSelected(useParleyStore().roomPresence.get(roomId), countOnline);
