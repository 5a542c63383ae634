import type { RoomState } from '../stores/room-store.ts';
import { useParleyStore } from './parley-provider.ts';
import { useWithMethods } from './use-readable.ts';

export interface UseRoom extends RoomState {
  /** Loads the room and its members again, for example after a change of roles. */
  reload(): Promise<void>;
}

/** One room and its members. The room is followed live while a component uses it. */
export function useRoom(roomId: string): UseRoom {
  const store = useParleyStore().room.get(roomId);
  return useWithMethods(store, store.methods);
}
