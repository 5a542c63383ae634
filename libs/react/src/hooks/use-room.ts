import { useMemo } from 'react';
import type { RoomState } from '../stores/room-store.ts';
import { useParleyStore } from './parley-provider.ts';
import { useReadable } from './use-readable.ts';

export interface UseRoom extends RoomState {
  /** Loads the room and its members again, for example after a change of roles. */
  reload(): Promise<void>;
}

/** One room and its members. The room is followed live while a component uses it. */
export function useRoom(roomId: string): UseRoom {
  const store = useParleyStore().room.get(roomId);
  const state = useReadable(store);
  return useMemo(() => ({ ...state, reload: store.reload }), [state, store]);
}
