import { useMemo } from 'react';
import type { RoomsState, UnreadCounts } from '../stores/rooms-store.ts';
import { useParleyStore } from './parley-provider.ts';
import { useReadable, useSelected } from './use-readable.ts';

export interface UseRooms extends Omit<RoomsState, 'unread'> {
  /** All pages are loaded in the background, so this is needed only after an error. */
  loadMore(): void;
  refresh(): void;
}

/**
 * All rooms of the user, the one with the newest activity first, with unread counts and last
 * messages. An unchanged room keeps its object.
 */
export function useRooms(): UseRooms {
  const store = useParleyStore().rooms;
  const { rooms, loading, error, hasMore } = useReadable(store);
  return useMemo(
    () => ({ rooms, loading, error, hasMore, loadMore: store.refresh, refresh: store.refresh }),
    [rooms, loading, error, hasMore, store],
  );
}

/** Unread messages of all rooms. Renders again only when a count changes. */
export const useUnread = (): UnreadCounts => useSelected(useParleyStore().rooms, ({ unread }) => unread);
