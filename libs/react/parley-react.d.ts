import { RoomView, Message, ParleyError, PendingMessage, Notification, Operations, Profile, StopReason, ParleyClient, Login, Registration } from '@parley/client';
import { ReactNode, ReactElement } from 'react';

/**
 * The state of the live connection. `waiting`: it is lost, and the next attempt comes at
 * `retryAt`. `offline`: also, but this machine has no network at all. `stopped`: nobody is logged
 * in.
 */
interface ConnectionStatus {
    state: 'connecting' | 'online' | 'waiting' | 'offline' | 'stopped';
    /** A code: why it is not online. */
    reason?: string;
    /** The same for people. */
    message?: string;
    /** When the next attempt comes, in milliseconds since the epoch. */
    retryAt?: number;
    /** After a reconnect: how many events have arrived late. */
    missed?: number;
}

/** A room in the list of the user's rooms. */
interface RoomSummary extends RoomView {
    /** Messages of others after the user's read position; the server stops counting at 1,000. */
    unread: number;
    /** How many of the unread messages mention the user. */
    mentions: number;
    /** `null`: there is none; undefined: not known yet. */
    lastMessage?: Message | null;
    /** When the last message was sent, otherwise when the room was created, in milliseconds. */
    lastActivity: number;
}

interface UserName {
    username: string;
    /** The name that the user has chosen; empty if they have not. */
    name: string;
}
/** User → name. */
type UserNames = ReadonlyMap<string, UserName>;

interface UnreadCounts {
    total: number;
    mentions: number;
    byRoom: Record<string, number>;
}
interface RoomsState {
    /** The user's rooms, the one with the newest activity first. */
    rooms: RoomSummary[];
    loading: boolean;
    error: ParleyError | null;
    /** Whether the list is not complete yet. Its further pages are loaded in the background. */
    hasMore: boolean;
    unread: UnreadCounts;
}

/** A stored message. Its object changes only if the message does. */
interface MessageItem {
    /** Of the user's own messages the `clientId`, which they had while they were pending. */
    key: string;
    kind: 'message';
    message: Message;
}
/** A message of the user that is not stored yet, or has failed (`message.failed`). */
interface PendingItem {
    /** The `clientId`. */
    key: string;
    kind: 'pending';
    message: PendingMessage;
}
/** A member has joined or left while the room was open. */
interface PassageItem {
    key: string;
    kind: 'joined' | 'left';
    seq: number;
    userId: string;
    username: string;
    /** ISO 8601. */
    time: string;
}
type TimelineItem = MessageItem | PendingItem | PassageItem;

/** Where a room opens: at the message with that `seq`, the first unread one, or the end. */
type Position = number | 'unread' | 'latest';
interface MessagesState {
    /** In order. The items keep their identity until they change. */
    items: TimelineItem[];
    /** The part that is loading. */
    loading: 'first' | 'before' | 'after' | null;
    /** Why the last load has failed. The first one is repeated after a reconnect. */
    error: ParleyError | null;
    hasBefore: boolean;
    hasAfter: boolean;
    /** The first message of others that was unread when the room opened, once it is loaded. */
    firstUnreadSeq: number | null;
    /** How many messages of others have arrived while the end of the room is not loaded. */
    newSince: number;
}

interface NotificationsState {
    /** The newest first. */
    items: Notification[];
    /** All unread ones, not only those in `items`. */
    unread: number;
    loading: boolean;
    error: ParleyError | null;
    hasMore: boolean;
}

type Presence = 'online' | 'offline' | 'unknown';

/** User → the last `seq` of the room that they have read. */
type ReadPositions = Record<string, number>;

/** Member → whether they are online. */
type RoomPresence = Record<string, boolean>;

type MemberView = Operations['listMembers']['output']['members'][number];
interface RoomState {
    /** `null` until it is loaded or in the list, and for rooms that the user may not see. */
    room: RoomView | null;
    /** In the order in which they joined; at most 1,000. Empty unless the user is one of them. */
    members: MemberView[];
    loading: boolean;
    error: ParleyError | null;
}

/** The user's own profile, with what only they see. */
interface OwnProfile extends Profile {
    email: string;
    organizationRole: Operations['getMe']['output']['user']['organizationRole'];
}
type ProfileChange = Operations['updateMe']['input'];
interface SessionState {
    /** `loading` until the storage of the login has been read, and on a server. */
    state: 'loading' | 'loggedOut' | 'loggedIn';
    user: {
        userId: string;
        username: string;
    } | null;
    /** `null` until it is loaded. */
    profile: OwnProfile | null;
    /** Why its last load has failed. It is repeated after a reconnect, and by `refreshProfile`. */
    profileError: ParleyError | null;
    /** Why the last session has ended by itself; `null` after the next login. */
    ended: StopReason | null;
}

interface TypingUser {
    userId: string;
    username: string;
}

type ParleyProviderProps = {
    children?: ReactNode;
} & ({
    /** Create it once, outside components. */
    client: ParleyClient;
    url?: never;
} | {
    /**
     * The address of Parley. The login is kept in `localStorage`; on a server, which renders for
     * everybody, in memory.
     */
    url: string;
    client?: never;
});
/**
 * Connects the hooks below it with a client. Makes no requests before it is mounted, so rendering
 * on a server makes none. Several providers of one client share its connection.
 */
declare function ParleyProvider({ client, url, children }: ParleyProviderProps): ReactElement;
/** The client of the provider above, for everything that has no hook of its own. */
declare const useClient: () => ParleyClient;

interface UseConnection extends ConnectionStatus {
    /** Connects now, if the next attempt would come later. */
    retryNow(): void;
}
/** The state of the live connection. */
declare function useConnection(): UseConnection;

interface UseMessagesOptions {
    /**
     * Where the room opens: at the message with that `seq`, at the first unread one, or at the end.
     * Another value later goes there. Components of one room share its messages. @default 'latest'
     */
    at?: Position | undefined;
    /** Messages per request, at most 200. @default 50 */
    pageSize?: number | undefined;
}
/** The methods keep their identity. Those that return a promise reject with a ParleyError. */
interface UseMessages extends MessagesState {
    /** Loads the page before the first item. Never rejects: see `error`. */
    loadBefore(): Promise<void>;
    /** Loads the page after the last item. Never rejects: see `error`. */
    loadAfter(): Promise<void>;
    /** Shows the messages around that number. Never rejects: see `error`. */
    jumpTo(seq: number): Promise<void>;
    /** Shows the end of the room. Never rejects: see `error`. */
    jumpToLatest(): Promise<void>;
    /**
     * Sends a message, which appears at once as a pending one.
     * @throws ParleyError `not_logged_in`; `limit_reached` if too many are waiting
     */
    send(content: string, options?: {
        replyTo?: string;
    }): PendingMessage;
    /** Sends a failed pending message again. */
    retry(clientId: string): void;
    /** Forgets a failed pending message. */
    discard(clientId: string): void;
    edit(messageId: string, content: string): Promise<void>;
    remove(messageId: string): Promise<void>;
    /** @param on whether the reaction should exist afterwards. @default true */
    react(messageId: string, reaction: string, on?: boolean): Promise<void>;
    /** Marks the room read up to that message, or to its end. */
    markRead(messageId?: string): Promise<void>;
}
/** The messages of a room, kept current. */
declare function useMessages(roomId: string, { at, pageSize }?: UseMessagesOptions): UseMessages;

/** The methods reject with a ParleyError, except for those that load: see `error`. */
interface UseNotifications extends NotificationsState {
    loadMore(): Promise<void>;
    refresh(): void;
    markRead(notificationId: string): Promise<void>;
    markAllRead(): Promise<void>;
    remove(notificationId: string): Promise<void>;
}
/** The user's inbox, the newest notification first. */
declare function useNotifications(): UseNotifications;

/**
 * Whether a user is online. It is known of users with a direct room, and of the members of rooms
 * whose presence is shown; `unknown` otherwise.
 */
declare function usePresence(userId: string): Presence;
/** The members of a room (at most 1,000): whether they are online. */
declare const useRoomPresence: (roomId: string) => RoomPresence;

/** How far the members of a room (at most 1,000) have read it: user → the last `seq` read. */
declare const useReadPositions: (roomId: string) => ReadPositions;

interface UseRoom extends RoomState {
    /** Loads the room and its members again, for example after a change of roles. */
    reload(): Promise<void>;
}
/** One room and its members. The room is followed live while a component uses it. */
declare function useRoom(roomId: string): UseRoom;

interface UseRooms extends Omit<RoomsState, 'unread'> {
    /** All pages are loaded in the background, so this is needed only after an error. */
    loadMore(): void;
    refresh(): void;
}
/**
 * All rooms of the user, the one with the newest activity first, with unread counts and last
 * messages. An unchanged room keeps its object.
 */
declare function useRooms(): UseRooms;
/** Unread messages of all rooms. Renders again only when a count changes. */
declare const useUnread: () => UnreadCounts;

interface UseSession extends SessionState {
    /** Requires one of `email`, `username` and `login` (either). @throws ParleyError */
    logIn(login: Login): Promise<void>;
    /** Registers and logs in. @throws ParleyError */
    register(registration: Registration): Promise<void>;
    /**
     * @param options.onlyHere does not call the server, which may be unreachable. @default false
     * @throws ParleyError
     */
    logOut(options?: {
        onlyHere?: boolean;
    }): Promise<void>;
    /** @throws ParleyError */
    refreshProfile(): Promise<void>;
    /** @throws ParleyError */
    updateProfile(change: ProfileChange): Promise<void>;
}
/** The login. It is shared by all tabs with the same storage. */
declare function useSession(): UseSession;

interface UseTyping {
    /** The others who are typing now. */
    users: readonly TypingUser[];
    /** To be called on each key. */
    onInput(): void;
    /** To be called when the input is emptied without sending. */
    onStop(): void;
}
/** The users who are typing in a room, and the signal that this user types. Follows the room. */
declare function useTyping(roomId: string): UseTyping;
/**
 * The others who are typing in a room that is followed already: by `useTyping`, `useMessages` or,
 * for a list, by `useRooms`.
 */
declare const useTypingUsers: (roomId: string) => readonly TypingUser[];

/**
 * The name of a user; undefined until it is known. Members of rooms in use and users with a direct
 * room are known; for others it asks the server.
 * @param userId null: of nobody
 */
declare function useUserName(userId: string | null): UserName | undefined;
/** The names that are known, by the user's id. */
declare const useUserNames: () => UserNames;

export { ParleyProvider, useClient, useConnection, useMessages, useNotifications, usePresence, useReadPositions, useRoom, useRoomPresence, useRooms, useSession, useTyping, useTypingUsers, useUnread, useUserName, useUserNames };
export type { ConnectionStatus, MemberView, MessageItem, MessagesState, NotificationsState, OwnProfile, ParleyProviderProps, PassageItem, PendingItem, Position, Presence, ProfileChange, ReadPositions, RoomPresence, RoomState, RoomSummary, RoomsState, SessionState, TimelineItem, TypingUser, UnreadCounts, UseConnection, UseMessages, UseMessagesOptions, UseNotifications, UseRoom, UseRooms, UseSession, UseTyping, UserName, UserNames };
