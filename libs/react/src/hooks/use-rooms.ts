import type { RoomsState, UnreadCounts } from '../stores/rooms-store.ts';
import { useParleyStore } from './parley-provider.ts';
import { useSelected, useWithMethods } from './use-readable.ts';

export interface UseRooms extends Omit<RoomsState, 'unread'> {
  /** All pages are loaded in the background, so this is needed only after an error. */
  loadMore(): void;
  refresh(): void;
}

/**
 * All rooms of the user, in their order, else the one with the newest activity first; with unread
 * counts and last messages. An unchanged room keeps its object.
 */
export function useRooms(): UseRooms {
  const store = useParleyStore().rooms;
  return useWithMethods(store, store.methods);
}

/** Unread messages of all rooms. Renders again only when a count changes. */
export const useUnread = (): UnreadCounts => useSelected(useParleyStore().rooms, ({ unread }) => unread);

/** Unread mentions of the user in a room. Renders again only when their number changes. */
export const useUnreadMentions = (roomId: string): number =>
  useSelected(useParleyStore().rooms, ({ rooms }) => rooms.find(({ id }) => id === roomId)?.mentions ?? 0);
