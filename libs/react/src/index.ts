export {
  ParleyProvider,
  type ParleyProviderProps,
  useClient,
  useLiveSession,
} from './hooks/parley-provider.ts';
export { useAccount } from './hooks/use-account.ts';
export { type UseConnection, useConnection } from './hooks/use-connection.ts';
export {
  type MessageSearch,
  type UseMessageSearch,
  useMessageSearch,
} from './hooks/use-message-search.ts';
export { type UseMessages, type UseMessagesOptions, useMessages } from './hooks/use-messages.ts';
export { type UseNotifications, useNotifications } from './hooks/use-notifications.ts';
export { usePins } from './hooks/use-pins.ts';
export { useOnlineCount, usePresence, useRoomPresence } from './hooks/use-presence.ts';
export { useReadPositions } from './hooks/use-read-positions.ts';
export { type UseRoom, useRoom } from './hooks/use-room.ts';
export { type UseRooms, useRooms, useUnread, useUnreadMentions } from './hooks/use-rooms.ts';
export { type UseSession, useSession } from './hooks/use-session.ts';
export {
  type UseThread,
  type UseThreads,
  useThread,
  useThreadOf,
  useThreads,
  useUnreadThreads,
} from './hooks/use-threads.ts';
export { type UseTyping, useTyping, useTypingUsers } from './hooks/use-typing.ts';
export { useUserName, useUserNames } from './hooks/use-user-names.ts';
export type { ConnectionStatus } from './stores/connection-store.ts';
export type { MessagesState, Position } from './stores/messages-state.ts';
export type { NotificationsState } from './stores/notifications-store.ts';
export type { PinsState } from './stores/pins-store.ts';
export type { Presence } from './stores/presence-store.ts';
export type { ReadPositions } from './stores/read-positions-store.ts';
export type { RoomSummary } from './stores/room-entry.ts';
export type { RoomPresence } from './stores/room-presence-store.ts';
export type { MemberView, RoomState } from './stores/room-store.ts';
export type { RoomsState, UnreadCounts } from './stores/rooms-store.ts';
export type { OwnProfile, ProfileChange, SessionState } from './stores/session-store.ts';
export type { ThreadFilter, ThreadList } from './stores/thread-list-store.ts';
export type { UnreadThreads } from './stores/threads-store.ts';
export type { MessageItem, PassageItem, PendingItem, TimelineItem } from './stores/timeline-items.ts';
export type { TypingUser } from './stores/typing-store.ts';
export type { UserName, UserNames } from './stores/user-names-store.ts';
