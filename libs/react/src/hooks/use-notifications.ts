import type { NotificationsState } from '../stores/notifications-store.ts';
import { useParleyStore } from './parley-provider.ts';
import { useWithMethods } from './use-readable.ts';

/** The methods reject with a ParleyError, except for those that load: see `error`. */
export interface UseNotifications extends NotificationsState {
  loadMore(): Promise<void>;
  refresh(): void;
  markRead(notificationId: string): Promise<void>;
  markAllRead(): Promise<void>;
  remove(notificationId: string): Promise<void>;
}

/** The user's inbox, the newest notification first. */
export function useNotifications(): UseNotifications {
  const store = useParleyStore().notifications;
  return useWithMethods(store, store.methods);
}
