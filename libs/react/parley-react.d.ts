import { Message, PendingMessage, ParleyError, RoomView, Mentions, Notification, Operations, Profile, StopReason, Thread, ParleyClient, Session, Account, SearchHit, SearchQuestion, Login, Registration } from '@parley/client';
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
    /** While online: the gateway is being replaced. The connection moves to another one soon. */
    isDraining?: boolean;
    /** After a reconnect: how many events have arrived late. */
    missed?: number;
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
/** A member has joined or left while the room was open; not one of its first members. */
interface PassageItem {
    key: string;
    kind: 'joined' | 'left';
    seq: number;
    userId: string;
    username: string;
    isBot?: true | undefined;
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

/** A room in the list of the user's rooms. */
interface RoomSummary extends RoomView {
    /** Messages of others after the user's read position; the server stops counting at 1,000. */
    unread: number;
    /** Unread mentions. An edit may mention the user in a message that is read. */
    mentions: number;
    /** Its part of the user's badge: what is unread and notifies, by the settings. */
    badge: number;
    /** Whether nothing in it notifies the user now. */
    isMuted: boolean;
    /** Whether the user does not want it in lists. */
    isHidden: boolean;
    /** The place that the user has given it; `null`: after all rooms with one. */
    order: number | null;
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
    /** Without muted rooms. */
    total: number;
    mentions: number;
    /** For the icon or the title of an application: what is unread and notifies, by the settings. */
    badge: number;
    byRoom: Record<string, number>;
}
interface RoomsState {
    /**
     * The user's rooms: those to which they have given an order, then the others, the one with the
     * newest activity first.
     */
    rooms: RoomSummary[];
    loading: boolean;
    error: ParleyError | null;
    /** Whether the list is not complete yet. Its further pages are loaded in the background. */
    hasMore: boolean;
    unread: UnreadCounts;
}

interface UnreadThreads {
    /** How many followed threads have unread replies. */
    threads: number;
    /** Their unread replies. */
    replies: number;
}

interface PostOptions {
    replyTo?: string;
    mentions?: Mentions;
    /** A message of the thread that it belongs to. */
    threadRoot?: string;
    /** Whether a reply in a thread is also a message of the room. */
    alsoInRoom?: boolean;
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

interface PinsState {
    /** The latest pin first. */
    pins: Message[];
    loading: boolean;
    error: ParleyError | null;
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

type ThreadFilter = 'followed' | 'unread' | 'all';
interface ThreadList {
    /** Those with the latest replies first. */
    threads: Thread[];
    loading: boolean;
    error: ParleyError | null;
    hasMore: boolean;
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
/** The live session of the login, for events that have no hook of their own; `null`: nobody's. */
declare const useLiveSession: () => Session | null;

/**
 * A part of the user's account: settings, drafts and bookmarks, the same on all devices. Undefined
 * until it is loaded. The component renders again only if the part changes. The account itself,
 * for its methods, never changes.
 * @param select returns the same object while its content is the same
 */
declare const useAccount: <Part>(select: (account: Account) => Part) => Part | undefined;

interface UseConnection extends ConnectionStatus {
    /** Connects now, if the next attempt would come later. */
    retryNow(): void;
}
/** The state of the live connection. */
declare function useConnection(): UseConnection;

interface MessageSearch {
    /** The newest first. */
    hits: SearchHit[];
    loading: boolean;
    error: ParleyError | null;
    hasMore: boolean;
    /** False: some older messages are not in the server's index yet. */
    complete: boolean;
}
/** The methods never reject: see `error`. */
interface UseMessageSearch extends MessageSearch {
    loadMore(): Promise<void>;
    /** Searches again, for example after an error. */
    reload(): Promise<void>;
}
/**
 * Searches the messages of the user's rooms. Users have 30 searches per minute by default, so
 * change the question when they submit it, not while they type.
 * @param question null: none yet
 */
declare function useMessageSearch(question: SearchQuestion | null): UseMessageSearch;

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
    send(content: string, options?: PostOptions): PendingMessage;
    /** Sends a failed pending message again. */
    retry(clientId: string): void;
    /** Forgets a failed pending message. */
    discard(clientId: string): void;
    edit(messageId: string, content: string, options?: {
        mentions?: Mentions;
    }): Promise<void>;
    remove(messageId: string): Promise<void>;
    /** @param on whether the reaction should exist afterwards. @default true */
    react(messageId: string, reaction: string, on?: boolean): Promise<void>;
    /** Marks the room read up to that message, or to its end. */
    markRead(messageId?: string): Promise<void>;
}
/**
 * The messages of a room, kept current; without replies that are only in their thread, if the
 * client shows threads apart.
 */
declare const useMessages: (roomId: string, options?: UseMessagesOptions) => UseMessages;

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

/** The pinned messages of a room. `api.pinMessage` and `api.unpinMessage` change them. */
declare const usePins: (roomId: string) => PinsState;

/**
 * Whether a user is online. It is known of users with a direct room, and of the members of rooms
 * whose presence is shown; `unknown` otherwise.
 */
declare function usePresence(userId: string): Presence;
/**
 * The members of a room (at most 1,000): whether they are online. In rooms of more than 100 members
 * by default, that is as of the last load.
 */
declare const useRoomPresence: (roomId: string) => RoomPresence;
/** How many members of a room are online. The server counts those of large rooms. */
declare const useOnlineCount: (roomId: string) => number;

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
 * All rooms of the user, in their order, else the one with the newest activity first; with unread
 * counts and last messages. An unchanged room keeps its object.
 */
declare function useRooms(): UseRooms;
/** Unread messages of all rooms. Renders again only when a count changes. */
declare const useUnread: () => UnreadCounts;
/** Unread mentions of the user in a room. Renders again only when their number changes. */
declare const useUnreadMentions: (roomId: string) => number;

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

interface UseThread extends UseMessages {
    /** Its root and counts; undefined until they are loaded. */
    thread: Thread | undefined;
    /** @throws ParleyError */
    follow(on: boolean): Promise<void>;
}
/**
 * A thread: its root and then its replies, kept current, with everything that `useMessages` offers.
 * @param messageId a message of the thread: its root or a reply
 */
declare function useThread(roomId: string, messageId: string, options?: UseMessagesOptions): UseThread;
/**
 * The thread that a message of the room begins; undefined: it has no replies, or is not known.
 * Those of the messages that `useMessages` has loaded are known, if the client shows threads apart.
 */
declare const useThreadOf: (roomId: string, rootSeq: number) => Thread | undefined;
interface UseThreads extends ThreadList {
    /** Loads further threads, or repeats what has failed. Never rejects: see `error`. */
    loadMore(): Promise<void>;
}
/** The threads of a room, or else of all rooms of the user. Those of `useRooms` are live. */
declare function useThreads({ filter, roomId, }?: {
    filter?: ThreadFilter | undefined;
    roomId?: string | undefined;
}): UseThreads;
/**
 * How much is unread in followed threads. It follows the rooms that `useRooms` does. Renders again
 * only when a count changes.
 */
declare const useUnreadThreads: () => UnreadThreads;

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

export { ParleyProvider, useAccount, useClient, useConnection, useLiveSession, useMessageSearch, useMessages, useNotifications, useOnlineCount, usePins, usePresence, useReadPositions, useRoom, useRoomPresence, useRooms, useSession, useThread, useThreadOf, useThreads, useTyping, useTypingUsers, useUnread, useUnreadMentions, useUnreadThreads, useUserName, useUserNames };
export type { ConnectionStatus, MemberView, MessageItem, MessageSearch, MessagesState, NotificationsState, OwnProfile, ParleyProviderProps, PassageItem, PendingItem, PinsState, Position, Presence, ProfileChange, ReadPositions, RoomPresence, RoomState, RoomSummary, RoomsState, SessionState, ThreadFilter, ThreadList, TimelineItem, TypingUser, UnreadCounts, UnreadThreads, UseConnection, UseMessageSearch, UseMessages, UseMessagesOptions, UseNotifications, UseRoom, UseRooms, UseSession, UseThread, UseThreads, UseTyping, UserName, UserNames };
