type Message = {
    id: string;
    roomId: string;
    seq: number;
    changedSeq: number;
    userId: string;
    username: string;
    content: string;
    clientId: string | null;
    replyTo: string | null;
    isEncrypted: boolean;
    reactions: {
        reaction: string;
        count: number;
        userIds: string[];
    }[];
    createdAt: string;
    editedAt: string | null;
    deletedAt: string | null;
};

type Notification = {
    id: string;
    type: "message" | "friend_request" | "group_invite" | "system";
    title: string;
    content: string;
    metadata: {
        roomId?: string | undefined;
        roomName?: string | undefined;
        senderId?: string | undefined;
        senderName?: string | undefined;
        messagePreview?: string | undefined;
        friendRequestId?: string | undefined;
        count?: number | undefined;
        mentions?: number | undefined;
    };
    isRead: boolean;
    createdAt: string;
    updatedAt: string;
};

type Profile = {
    id: string;
    username: string;
    name: string;
    description: string;
    resumeLink: string;
    jobTitle: string;
    profilePicture: string;
    themeMode: "light" | "dark";
    themeColor: string;
    backgroundImage: string;
    organizationId: string | null;
    createdAt: string;
    updatedAt: string;
};

type RoomView = {
    id: string;
    kind: "direct" | "group" | "channel";
    name: string | null;
    description: string;
    picture: string;
    isPrivate: boolean;
    earlierUnread: boolean;
    organizationId: string | null;
    ownerId: string | null;
    createdBy: string | null;
    memberCount: number;
    createdAt: string;
    updatedAt: string;
    role: "owner" | "admin" | "member" | null;
    peer: {
        userId: string;
        username: string;
        name: string;
    } | null;
};

type AddedEvent = {
    roomId: string;
    kind: string;
    name: string | null;
    organizationId: string | null;
    invited: boolean;
};

type PresentUser = {
    isOnline: boolean;
    userId: string;
    username: string;
};

type ReadEvent = {
    userId: string;
    username: string;
    readAt: string;
    roomId: string;
    seq: number;
};

type ReceivedMessage = {
    content: string;
    clientId: string | null;
    replyTo: string | null;
    isEncrypted: boolean;
    createdAt: string;
    timestamp: string;
    userId: string;
    username: string;
    id: string;
    roomId: string;
    seq: number;
    sender_id?: string | undefined;
    receiver_id?: string | undefined;
    created_at?: string | undefined;
    from?: string | undefined;
    message?: string | undefined;
};

type StatusEvent = {
    status: "online" | "offline";
    timestamp: string;
    userId: string;
    username: string;
};

type TypingEvent = {
    roomId: string;
    isTyping: boolean;
    timestamp: string;
    userId: string;
    username: string;
};

type UpdatedEvent = {
    timestamp: string;
    roomId: string;
    kind: string;
    name: string | null;
    isPrivate: boolean;
    organizationId: string | null;
    description?: string | undefined;
    picture?: string | undefined;
    earlierUnread?: boolean | undefined;
};

type Operations = {
    /** Register and log in */
    register: {
        input: {
            email: string;
            password: string;
            username?: string | undefined;
            name?: string | undefined;
            organizationName?: string | undefined;
            role?: "admin" | "moderator" | "user" | undefined;
            organizationInvite?: string | undefined;
        };
        output: {
            user: {
                id: string;
                username: string;
                email: string;
                name: string;
                organizationId: string | null;
                organizationRole: "admin" | "moderator" | "user" | null;
                createdAt: string;
            };
            accessToken: string;
            refreshToken: string;
            expiresIn: number;
            token: string;
            sessionId: string;
        };
    };
    /** Log in with an e-mail address or a username */
    logIn: {
        input: {
            password: string;
            email?: string | undefined;
            username?: string | undefined;
            login?: string | undefined;
        };
        output: {
            user: {
                id: string;
                username: string;
                email: string;
                name: string;
                organizationId: string | null;
                organizationRole: "admin" | "moderator" | "user" | null;
                createdAt: string;
            };
            accessToken: string;
            refreshToken: string;
            expiresIn: number;
            token: string;
            sessionId: string;
        };
    };
    /** Exchange a refresh token for new tokens */
    refresh: {
        input: {
            refreshToken: string;
        };
        output: {
            user: {
                id: string;
                username: string;
                email: string;
                name: string;
                organizationId: string | null;
                organizationRole: "admin" | "moderator" | "user" | null;
                createdAt: string;
            };
            accessToken: string;
            refreshToken: string;
            expiresIn: number;
            token: string;
            sessionId: string;
        };
    };
    /** End the current session */
    logOut: {
        input: Record<never, never>;
        output: void;
    };
    /** The caller's current identity */
    getMe: {
        input: Record<never, never>;
        output: {
            user: {
                id: string;
                username: string;
                email: string;
                name: string;
                organizationId: string | null;
                organizationRole: "admin" | "moderator" | "user" | null;
                createdAt: string;
            };
        };
    };
    /** Change the password; ends all other sessions */
    changePassword: {
        input: {
            currentPassword: string;
            newPassword: string;
        };
        output: void;
    };
    /** Delete the account: identity, profile, contacts, memberships and inbox */
    eraseMe: {
        input: {
            password: string;
        };
        output: void;
    };
    /** The caller's live sessions, most recently used first (at most 100) */
    listSessions: {
        input: Record<never, never>;
        output: {
            sessions: {
                id: string;
                userAgent: string;
                address: string;
                createdAt: string;
                lastUsedAt: string;
                current: boolean;
            }[];
        };
    };
    /** End one of the caller's sessions */
    revokeSession: {
        input: {
            sessionId: string;
        };
        output: void;
    };
    /** End all of the caller's sessions except the current one */
    revokeOtherSessions: {
        input: Record<never, never>;
        output: void;
    };
    /** Ban a user from a room; owner and admins, for users with lower roles. Idempotent */
    banUser: {
        input: {
            roomId: string;
            userId: string;
            reason?: string | undefined;
        };
        output: {
            roomId: string;
            userId: string;
            username: string;
            reason: string;
            bannedBy: string | null;
            createdAt: string;
        };
    };
    /** Bans of a room, latest first; owner and admins */
    listBans: {
        input: {
            roomId: string;
            limit?: number | undefined;
            cursor?: string | undefined;
        };
        output: {
            bans: {
                roomId: string;
                userId: string;
                username: string;
                reason: string;
                bannedBy: string | null;
                createdAt: string;
            }[];
            nextCursor: string | null;
        };
    };
    /** Lift a ban; owner and admins. Idempotent */
    unbanUser: {
        input: {
            roomId: string;
            userId: string;
        };
        output: void;
    };
    /** Users that the caller blocks */
    listBlocks: {
        input: {
            limit?: number | undefined;
            cursor?: string | undefined;
        };
        output: {
            users: Profile[];
            nextCursor: string | null;
        };
    };
    /** Block a user; idempotent */
    blockUser: {
        input: {
            userId: string;
        };
        output: void;
    };
    /** Unblock a user; idempotent */
    unblockUser: {
        input: {
            userId: string;
        };
        output: void;
    };
    /** The caller's contacts */
    listContacts: {
        input: {
            limit?: number | undefined;
            cursor?: string | undefined;
        };
        output: {
            users: Profile[];
            nextCursor: string | null;
        };
    };
    /** Add a contact; idempotent */
    addContact: {
        input: {
            userId: string;
        };
        output: Profile;
    };
    /** Remove a contact; idempotent */
    removeContact: {
        input: {
            userId: string;
        };
        output: void;
    };
    /** Send a friend request */
    requestFriend: {
        input: {
            userId: string;
        };
        output: {
            id: string;
            from: {
                userId: string;
                username: string;
            };
            to: {
                userId: string;
                username: string;
            };
            status: "pending" | "accepted";
            createdAt: string;
        };
    };
    /** Pending requests to and from the caller, newest first */
    listFriendRequests: {
        input: {
            direction?: "incoming" | "outgoing" | "both" | undefined;
            limit?: number | undefined;
            cursor?: string | undefined;
        };
        output: {
            requests: {
                id: string;
                from: {
                    userId: string;
                    username: string;
                };
                to: {
                    userId: string;
                    username: string;
                };
                status: "pending" | "accepted";
                createdAt: string;
            }[];
            nextCursor: string | null;
        };
    };
    /** Accept a friend request: both become friends and contacts of each other. Idempotent */
    acceptFriendRequest: {
        input: {
            requestId: string;
        };
        output: {
            id: string;
            from: {
                userId: string;
                username: string;
            };
            to: {
                userId: string;
                username: string;
            };
            status: "pending" | "accepted";
            createdAt: string;
        };
    };
    /** Decline a friend request to the caller */
    declineFriendRequest: {
        input: {
            requestId: string;
        };
        output: void;
    };
    /** Withdraw a friend request of the caller */
    cancelFriendRequest: {
        input: {
            requestId: string;
        };
        output: void;
    };
    /** The caller's friends */
    listFriends: {
        input: {
            limit?: number | undefined;
            cursor?: string | undefined;
        };
        output: {
            users: Profile[];
            nextCursor: string | null;
        };
    };
    /** End a friendship; also removes the contact on both sides. Idempotent */
    removeFriend: {
        input: {
            userId: string;
        };
        output: void;
    };
    /** Send a message */
    sendMessage: {
        input: {
            roomId: string;
            content: string;
            clientId?: string | undefined;
            replyTo?: string | undefined;
            isEncrypted?: boolean | undefined;
        };
        output: Message;
    };
    /** A page of a room's history, oldest first within the page */
    getHistory: {
        input: {
            roomId: string;
            limit?: number | undefined;
            before_seq?: number | undefined;
            after_seq?: number | undefined;
            page?: number | undefined;
        };
        output: {
            messages: Message[];
            pagination: {
                limit: number;
                hasMore: boolean;
                before_seq: number | null;
                after_seq: number | null;
                page: number | null;
            };
        };
    };
    /** One message */
    getMessage: {
        input: {
            roomId: string;
            messageId: string;
        };
        output: Message;
    };
    /** Edit a message of the caller */
    editMessage: {
        input: {
            roomId: string;
            messageId: string;
            content: string;
        };
        output: Message;
    };
    /** Delete a message of the caller; owner and admins: any message */
    deleteMessage: {
        input: {
            roomId: string;
            messageId: string;
        };
        output: void;
    };
    /** React to a message; repeating a reaction removes it */
    reactToMessage: {
        input: {
            roomId: string;
            messageId: string;
            reaction: string;
            on?: boolean | undefined;
        };
        output: Message;
    };
    /** Mark a room read, up to a message or to its end */
    markRead: {
        input: {
            roomId: string;
            messageId?: string | undefined;
        };
        output: {
            roomId: string;
            userId: string;
            seq: number;
            readAt: string;
        };
    };
    /** Members' read positions (at most 1,000 members) */
    getReadPositions: {
        input: {
            roomId: string;
        };
        output: {
            positions: {
                roomId: string;
                userId: string;
                seq: number;
                readAt: string;
            }[];
        };
    };
    /** How many members a message of the caller has reached */
    getReceipts: {
        input: {
            roomId: string;
            messageId: string;
        };
        output: {
            messageId: string;
            recipients: number;
            delivered: number;
            read: number;
        };
    };
    /** Unread counts of the caller's rooms with unread messages (at most 1,000 per room) */
    getUnread: {
        input: Record<never, never>;
        output: {
            rooms: {
                roomId: string;
                unread: number;
                seq: number;
                readSeq: number;
            }[];
            total: number;
        };
    };
    /** Changes in rooms since given `seq`s */
    sync: {
        input: {
            rooms: {
                roomId: string;
                seq: number;
                readSeq?: number | undefined;
            }[];
            gained?: {
                after?: string | undefined;
                upTo?: string | undefined;
            } | undefined;
            limit?: number | undefined;
        };
        output: {
            rooms: {
                roomId: string;
                name: string | null;
                seq: number;
                readSeq: number;
                hasMore: boolean;
                changes: {
                    kind: "message";
                    seq: number;
                    message: Message;
                } | {
                    kind: "left" | "joined";
                    seq: number;
                    userId: string;
                    username: string;
                    time: string;
                }[];
                positions: {
                    userId: string;
                    username: string;
                    seq: number;
                    readAt: string | null;
                    deliveredSeq: number;
                }[];
                reset?: true | undefined;
            }[];
            gone: string[];
            gained: {
                roomId: string;
                kind: "direct" | "group" | "channel";
                name: string | null;
                organizationId: string | null;
                people: {
                    userId: string;
                    username: string;
                }[] | null;
                seq: number;
                readSeq: number;
            }[];
            gainedAfter: string | null;
        };
    };
    /** The caller's inbox, newest first */
    listNotifications: {
        input: {
            limit?: number | undefined;
            cursor?: string | undefined;
        };
        output: {
            notifications: Notification[];
            nextCursor: string | null;
        };
    };
    /** Unread notifications, newest first, and their number */
    listUnreadNotifications: {
        input: {
            limit?: number | undefined;
            cursor?: string | undefined;
        };
        output: {
            notifications: Notification[];
            nextCursor: string | null;
            total: number;
        };
    };
    /** Mark a notification as read */
    readNotification: {
        input: {
            notificationId: string;
        };
        output: Notification;
    };
    /** Mark all notifications as read */
    readAllNotifications: {
        input: Record<never, never>;
        output: {
            read: number;
        };
    };
    /** Delete a notification */
    deleteNotification: {
        input: {
            notificationId: string;
        };
        output: void;
    };
    /** Create an organization; the caller becomes its admin */
    createOrganization: {
        input: {
            name: string;
            joinPolicy?: "open" | "invite" | undefined;
        };
        output: {
            id: string;
            name: string;
            joinPolicy: "open" | "invite";
            memberCount: number;
            createdAt: string;
            role: "admin" | "moderator" | "user";
        };
    };
    /** Join an open organization by its name, or any organization by invite */
    joinOrganization: {
        input: {
            name?: string | undefined;
            invite?: string | undefined;
        };
        output: {
            id: string;
            name: string;
            joinPolicy: "open" | "invite";
            memberCount: number;
            createdAt: string;
            role: "admin" | "moderator" | "user";
        };
    };
    /** The caller's organization */
    getOrganization: {
        input: Record<never, never>;
        output: {
            id: string;
            name: string;
            joinPolicy: "open" | "invite";
            memberCount: number;
            createdAt: string;
            role: "admin" | "moderator" | "user";
        };
    };
    /** Set the join policy (admins) */
    updateOrganization: {
        input: {
            joinPolicy: "open" | "invite";
        };
        output: {
            id: string;
            name: string;
            joinPolicy: "open" | "invite";
            memberCount: number;
            createdAt: string;
            role: "admin" | "moderator" | "user";
        };
    };
    /** Leave the organization; ends all sessions of the caller */
    leaveOrganization: {
        input: Record<never, never>;
        output: void;
    };
    /** Members of the organization, in order of registration */
    listOrganizationMembers: {
        input: {
            limit?: number | undefined;
            after?: string | undefined;
        };
        output: {
            members: {
                userId: string;
                username: string;
                name: string;
                role: "admin" | "moderator" | "user";
            }[];
            next: string | null;
        };
    };
    /** Change a member's role (admins) */
    changeMemberRole: {
        input: {
            userId: string;
            role: "admin" | "moderator" | "user";
        };
        output: {
            userId: string;
            username: string;
            name: string;
            role: "admin" | "moderator" | "user";
        };
    };
    /** Remove a member (admins); ends all their sessions */
    removeOrganizationMember: {
        input: {
            userId: string;
        };
        output: void;
    };
    /** Create an invite (admins); its token is shown only once */
    createOrganizationInvite: {
        input: {
            role?: "admin" | "moderator" | "user" | undefined;
            maxUses?: number | undefined;
            expiresIn?: number | undefined;
        };
        output: {
            invite: {
                id: string;
                role: "admin" | "moderator" | "user";
                uses: number;
                maxUses: number | null;
                expiresAt: string;
                createdBy: string;
                createdAt: string;
            };
            token: string;
        };
    };
    /** Valid invites, without their tokens, latest first (admins) */
    listOrganizationInvites: {
        input: Record<never, never>;
        output: {
            invites: {
                id: string;
                role: "admin" | "moderator" | "user";
                uses: number;
                maxUses: number | null;
                expiresAt: string;
                createdBy: string;
                createdAt: string;
            }[];
        };
    };
    /** Revoke an invite (admins) */
    revokeOrganizationInvite: {
        input: {
            inviteId: string;
        };
        output: void;
    };
    /** Create an invite; owner only */
    createInvite: {
        input: {
            roomId: string;
            expiresInSeconds?: number | undefined;
            maxUses?: number | undefined;
        };
        output: {
            id: string;
            roomId: string;
            createdBy: string | null;
            createdAt: string;
            expiresAt: string;
            maxUses: number | null;
            uses: number;
            token: string;
        };
    };
    /** Valid invites, newest first; owner and admins */
    listInvites: {
        input: {
            roomId: string;
        };
        output: {
            invites: {
                id: string;
                roomId: string;
                createdBy: string | null;
                createdAt: string;
                expiresAt: string;
                maxUses: number | null;
                uses: number;
            }[];
        };
    };
    /** Revoke an invite; owner and admins */
    revokeInvite: {
        input: {
            roomId: string;
            inviteId: string;
        };
        output: void;
    };
    /** Join a room by invite; idempotent */
    joinByInvite: {
        input: {
            token: string;
        };
        output: RoomView;
    };
    /** Create a room */
    createRoom: {
        input: {
            name: string;
            description?: string | undefined;
            picture?: string | undefined;
            earlierUnread?: boolean | undefined;
            members?: string[] | undefined;
            kind?: "channel" | undefined;
            isPrivate?: boolean | undefined;
        } | {
            kind: "group";
            name: string;
            description?: string | undefined;
            picture?: string | undefined;
            earlierUnread?: boolean | undefined;
            members?: string[] | undefined;
        } | {
            kind: "direct";
            userId: string;
        };
        output: RoomView;
    };
    /** Rooms that the caller may see, newest first */
    listRooms: {
        input: {
            limit?: number | undefined;
            cursor?: string | undefined;
            page?: number | undefined;
            mine?: boolean | undefined;
        };
        output: {
            rooms: RoomView[];
            nextCursor: string | null;
            total: number | null;
        };
    };
    /** One room */
    getRoom: {
        input: {
            roomId: string;
        };
        output: RoomView;
    };
    /** Change a room; owner and admins */
    updateRoom: {
        input: {
            roomId: string;
            name?: string | undefined;
            description?: string | undefined;
            picture?: string | undefined;
            isPrivate?: boolean | undefined;
            earlierUnread?: boolean | undefined;
        };
        output: RoomView;
    };
    /** Delete a room; owner only */
    deleteRoom: {
        input: {
            roomId: string;
        };
        output: void;
    };
    /** Join a public channel; idempotent */
    joinRoom: {
        input: {
            roomId: string;
        };
        output: RoomView;
    };
    /** Leave a room and end the membership */
    leaveRoom: {
        input: {
            roomId: string;
        };
        output: {
            success: true;
            message: string;
        };
    };
    /** Members of a room, in the order they joined; members only */
    listMembers: {
        input: {
            roomId: string;
            limit?: number | undefined;
            cursor?: string | undefined;
        };
        output: {
            members: {
                roomId: string;
                userId: string;
                username: string;
                name: string;
                role: "owner" | "admin" | "member";
                joinedAt: string;
            }[];
            nextCursor: string | null;
        };
    };
    /** Add members; owner and admins. Idempotent */
    addMembers: {
        input: {
            roomId: string;
            userIds: string[];
        };
        output: RoomView;
    };
    /** Remove a member with a lower role; or oneself, which leaves the room */
    removeMember: {
        input: {
            roomId: string;
            userId: string;
        };
        output: void;
    };
    /** Make a member an admin, or an admin a member; owner only */
    setMemberRole: {
        input: {
            roomId: string;
            userId: string;
            role: "admin" | "member";
        };
        output: void;
    };
    /** Transfer a room to a member; owner only, who becomes an admin */
    transferRoom: {
        input: {
            roomId: string;
            userId: string;
        };
        output: RoomView;
    };
    /** Mark a room read, up to a message or to its end */
    roomsMarkRead: {
        input: {
            roomId: string;
            messageId?: string | undefined;
        };
        output: {
            roomId: string;
            userId: string;
            seq: number;
            readAt: string;
        };
    };
    /** Find people */
    listUsers: {
        input: {
            limit?: number | undefined;
            cursor?: string | undefined;
            search?: string | undefined;
        };
        output: {
            users: Profile[];
            nextCursor: string | null;
        };
    };
    /** The caller's own profile */
    getMyProfile: {
        input: Record<never, never>;
        output: Profile;
    };
    /** Change the caller's own profile */
    updateMe: {
        input: {
            name?: string | undefined | null;
            description?: string | undefined | null;
            resumeLink?: string | undefined | null;
            jobTitle?: string | undefined | null;
            profilePicture?: string | undefined | null;
            themeMode?: "light" | "dark" | undefined | null;
            themeColor?: string | undefined | null;
            backgroundImage?: string | undefined | null;
        };
        output: Profile;
    };
    /** One profile */
    getUser: {
        input: {
            userId: string;
        };
        output: Profile;
    };
    /** Rooms of a user that the caller may see, newest first */
    listUserRooms: {
        input: {
            userId: string;
            limit?: number | undefined;
            cursor?: string | undefined;
            page?: number | undefined;
        };
        output: {
            rooms: RoomView[];
            nextCursor: string | null;
            total: number | null;
        };
    };
};

type SessionAnswer = Operations['logIn']['output'];
type Registration = Operations['register']['input'];
type Login = Operations['logIn']['input'];
type NewRoom = Operations['createRoom']['input'];
type RoomPage = Operations['listRooms']['output'];
type PeoplePage = Operations['listUsers']['output'];
type HistoryPage = Operations['getHistory']['output'];
type SyncAnswer = Operations['sync']['output'];
type RoomCursor = Operations['sync']['input']['rooms'][number];

type Input<Id extends keyof Operations> = Operations[Id]['input'];
/**
 * A method for every operation of `/api/v1`, by its id in `/openapi.json`. The parameters of the
 * path, the query and the body are one object, which may be omitted if nothing in it is required.
 */
type Api = {
    [Id in keyof Operations]: Record<never, never> extends Input<Id> ? (input?: Input<Id>) => Promise<Operations[Id]['output']> : (input: Input<Id>) => Promise<Operations[Id]['output']>;
};

interface SendOptions {
    /** The idempotency key, at most 64 printable ASCII characters. @default a random UUID */
    clientId?: string;
    replyTo?: string;
    isEncrypted?: boolean;
    /** How long to keep trying, once it is the message's turn. @default 60_000 */
    deadlineMs?: number;
}
/** A stored message. */
type Sent = Pick<ReceivedMessage, 'id' | 'roomId' | 'seq' | 'createdAt'> & {
    clientId: string;
};
/** A message of this user that is not stored yet. */
interface PendingMessage extends Pick<SendOptions, 'replyTo' | 'isEncrypted'> {
    clientId: string;
    roomId: string;
    content: string;
    /** By this machine's clock, in milliseconds. */
    createdAt: number;
    /** Why it was not sent; it is kept until it is retried or discarded. */
    failed?: {
        code: string;
        message: string;
    };
}
/** A pending message has changed its state. */
type PendingEvent = {
    state: 'sending' | 'failed' | 'discarded';
    message: PendingMessage;
} | {
    state: 'stored';
    message: PendingMessage;
    sent: Sent;
};
/** Keeps the pending messages of users beyond the life of a page. */
interface PendingStorage {
    /** In the order of their creation. */
    load(userId: string): Promise<PendingMessage[]>;
    /** Adds or replaces the message with that `clientId`. */
    put(userId: string, message: PendingMessage): Promise<void>;
    remove(clientId: string): Promise<void>;
}

/** A new message. If it arrives late, `editedAt` and `deletedAt` show later changes. */
interface MessageEvent extends Message {
    type: 'message';
}
interface EditedEvent {
    type: 'edited';
    /** The message's id. */
    id: string;
    roomId: string;
    seq: number;
    userId: string;
    username: string;
    content: string;
    editedAt: string;
}
interface DeletedEvent {
    type: 'deleted';
    id: string;
    roomId: string;
    seq: number;
    deletedAt: string;
}
interface ReactionEvent {
    type: 'reaction';
    messageId: string;
    roomId: string;
    seq: number;
    /** Current number of each reaction. */
    counts: Record<string, number>;
    /** The reaction that was added or removed; `null` after a sync, which knows only the outcome. */
    by: {
        userId: string;
        username: string;
        reaction: string;
        on: boolean;
    } | null;
}
interface JoinedEvent {
    type: 'joined';
    roomId: string;
    seq: number;
    userId: string;
    username: string;
    time: string;
}
interface LeftEvent extends Omit<JoinedEvent, 'type'> {
    type: 'left';
}
/**
 * Why a session has ended for good. `conflict`: another user has logged in with the same storage.
 * The last two: the server did not accept the client's frames.
 */
type StopReason = 'closed' | 'session_revoked' | 'refresh_failed' | 'unauthenticated' | 'not_logged_in' | 'conflict' | 'frame_too_long' | 'protocol_error';
type ConnectionEvent = {
    state: 'connecting';
} | {
    state: 'online';
}
/** It comes back by itself after that time. `message` says what is wrong, for people. */
 | {
    state: 'offline';
    reason: string;
    message: string;
    retryInMs: number;
} | {
    state: 'stopped';
    reason: StopReason;
};
/**
 * The events of a session. After an absence, `edited`, `deleted` and `reaction` contain the current
 * state of a message, possibly repeated: apply them by the message's id.
 */
interface SessionEvents {
    message: MessageEvent;
    edited: EditedEvent;
    deleted: DeletedEvent;
    reaction: ReactionEvent;
    joined: JoinedEvent;
    left: LeftEvent;
    typing: TypingEvent;
    /**
     * A user has read up to `seq`. May be repeated after an absence; use each user's furthest
     * position.
     */
    read: ReadEvent;
    status: StatusEvent;
    /** The user belongs to a new room. Join it to receive its events. */
    added: AddedEvent;
    /** The name or another detail of one of the user's rooms has changed. */
    updated: UpdatedEvent;
    /**
     * A joined room has ended for this session. `reason`: `left`, `removed`, `deleted`, or the code
     * of a refusal.
     */
    removed: {
        roomId: string;
        reason: string;
    };
    /**
     * Earlier events of a joined room are void, because the server was restored to an older state.
     * Load its history again. Further events continue as usual.
     */
    reset: {
        roomId: string;
    };
    connection: ConnectionEvent;
    /** The connection is there. */
    online: Record<never, never>;
    /** The connection has ended, or could not be opened. Emitted once until it is there again. */
    offline: {
        reason: string;
        message: string;
    };
    /** The next attempt to connect comes after that time. */
    waiting: {
        retryInMs: number;
        reason: string;
    };
    /**
     * Everything that happened in the joined rooms during an absence has been emitted: that many
     * events.
     */
    resumed: {
        missed: number;
    };
    /** Another user has logged in with the same storage, in another tab: this session has ended. */
    conflict: {
        userId: string;
    };
    /** A notification of this user is new, or is unread and concerns a further message. */
    notification: Notification;
    /** A notification was read, or has another text or count. */
    notificationUpdated: Notification;
    /** A notification was deleted, or what it announced no longer exists. */
    notificationRemoved: {
        id: string;
    };
    /** A message that this user posted is pending, or no longer. */
    pending: PendingEvent;
}

/** A stored login. Times are milliseconds since the epoch, by this machine's clock. */
interface Tokens {
    userId: string;
    username: string;
    accessToken: string;
    /** Exchanged for the next one at each refresh; valid until that one is used. */
    refreshToken: string;
    expiresAt: number;
    /** When to replace the access token: after four fifths of its lifetime. */
    renewAt: number;
}
/** Stores a login beyond the process's life, and optionally the unsent messages of its user. */
interface TokenStorage {
    load(): Promise<Tokens | null>;
    /** `null`: logged out. */
    save(tokens: Tokens | null): Promise<void>;
    /**
     * Runs `work` while no other user of this storage does, so that one of several processes (tabs,
     * terminals) refreshes and the others take its tokens. Needed only where the server accepts each
     * refresh token once (`REFRESH_TOKEN_REUSE=never`).
     */
    exclusively?<T>(work: () => Promise<T>): Promise<T>;
    /**
     * Calls when another user of this storage has changed the login. Returns a function that stops
     * it.
     */
    watch?(changed: () => void): () => void;
    readonly pending?: PendingStorage;
}
/** Keeps the tokens in memory only. */
declare class MemoryStorage implements TokenStorage {
    #private;
    constructor(tokens?: Tokens | null);
    load(): Promise<Tokens | null>;
    save(tokens: Tokens | null): Promise<void>;
}

/**
 * The live side of a client. Reconnects until it is closed. Emits each message of a joined room
 * once and in `seq` order. It connects immediately; every method waits for the connection if
 * necessary.
 */
declare class Session {
    #private;
    /** Returns a function that removes the listener. */
    on<E extends keyof SessionEvents>(name: E, listener: (event: SessionEvents[E]) => void): () => void;
    /**
     * Follows a room from now on, or from `since`, the last known `seq`; later events are then
     * emitted first. Members only.
     * @throws ParleyError when refused, or not answered for a minute
     */
    join(roomId: string, options?: {
        since?: number;
    }): Promise<void>;
    /** Stops following a room; the membership stays. */
    leave(roomId: string): Promise<void>;
    /**
     * Resolves when the message is stored. Repeated as often as necessary, without duplicates.
     * @throws ParleyError when refused; after the deadline the last error, and the message may be
     *   stored or not
     */
    send(roomId: string, content: string, options?: SendOptions): Promise<Sent>;
    /**
     * Sends a message that is shown at once: it is pending, which `pending` events report, until it
     * is stored. If it fails, it stays until it is retried or discarded. A storage that keeps pending
     * messages hands them to the next session.
     * @throws ParleyError `limit_reached`
     */
    post(roomId: string, content: string, options?: Pick<SendOptions, 'replyTo' | 'isEncrypted'>): PendingMessage;
    /** The pending messages, of one room or of all, in the order of their creation. */
    pending(roomId?: string): PendingMessage[];
    /** Sends a failed pending message again. It is never stored twice. */
    retry(clientId: string): void;
    /** Forgets a failed pending message. */
    discard(clientId: string): void;
    /** Whether the connection is lost: from `offline` to the next `online`. */
    get isOffline(): boolean;
    /** Number of unacknowledged messages. */
    get unsent(): number;
    edit(roomId: string, messageId: string, content: string): Promise<void>;
    delete(roomId: string, messageId: string): Promise<void>;
    /** @param on whether the reaction should exist afterwards */
    react(roomId: string, messageId: string, reaction: string, on?: boolean): Promise<void>;
    /** Marks the room read up to that message, or to its end. */
    markRead(roomId: string, messageId?: string): Promise<void>;
    /** The members of a room (at most 1,000), and which of them are present. */
    people(roomId: string): Promise<PresentUser[]>;
    /**
     * Reports typing. Tries only once, because the signal is worthless later. Never rejects. It
     * expires at the receivers: repeat it every few seconds.
     */
    typing(roomId: string, isTyping: boolean): Promise<void>;
    /** Connects now, if the next attempt would come later: a user asks, or the network is back. */
    retryNow(): void;
    /**
     * Replaces the connection, because the network has changed: the present one may be dead, which it
     * would notice late. Without one, connects now.
     */
    reconnect(): void;
    /** Closes the session for good and rejects unacknowledged messages. */
    close(reason?: StopReason): void;
}

interface ClientOptions {
    /**
     * The address of Parley, with its path prefix if it has one: `https://host/chat`. Also accepts
     * `ws://`, `wss://` and no scheme: `localhost:3000` means http, `chat.example` https.
     */
    url: string;
    /** An existing login, if no storage has one. */
    tokens?: Tokens;
    /** Stores the login, for example a `WebStorage`. @default in memory */
    storage?: TokenStorage;
    /** Called on every change of the tokens; `null`: logged out. */
    onTokens?: (tokens: Tokens | null) => void;
}
/** @throws ParleyError `invalid_url` */
declare const createClient: (options: ClientOptions) => ParleyClient;
/**
 * A client of Parley: methods for REST, and `connect()` for live events. Every method throws a
 * ParleyError.
 */
declare class ParleyClient {
    #private;
    /**
     * Every operation of `/api/v1` by its id. `logIn`, `register` and `refresh` log this client in,
     * `logOut` and `eraseMe` log it out.
     */
    readonly api: Api;
    constructor({ url, tokens, storage, onTokens }: ClientOptions);
    /** The logged-in user. @throws `not_logged_in` */
    me(): Promise<{
        userId: string;
        username: string;
    }>;
    /**
     * Calls when a user has logged in or out (`null`), here or in another tab, and when tokens of the
     * same login were refreshed. Returns a function that stops it.
     */
    onLogin(listener: (user: {
        userId: string;
        username: string;
    } | null) => void): () => void;
    /**
     * Resolves once Parley has responded. Needs no login.
     * @throws ParleyError `network`, `timeout`, `not_parley`, `unavailable`
     */
    ping(): Promise<void>;
    /** Registers and logs in. */
    register(registration: Registration): Promise<SessionAnswer>;
    /** Requires one of `email`, `username` and `login` (either). */
    login(login: Login): Promise<SessionAnswer>;
    /**
     * Number of the user's messages that the server does not have yet, also of other tabs with the
     * same storage. Logging out forgets them. @throws `not_logged_in`
     */
    unsent(): Promise<number>;
    /**
     * Ends the login here and on the server, and closes all sessions.
     * @param options.onlyHere does not call the server, which may be unreachable: there, the login
     *   remains until it expires. @default false
     */
    logout({ onlyHere }?: {
        onlyHere?: boolean;
    }): Promise<void>;
    /** Deletes the account for good and logs out. @throws ParleyError `invalid_credentials` */
    eraseMe(password: string): Promise<void>;
    /** Rooms that the user may see, newest first; with `mine`, those they belong to. */
    rooms(query?: {
        mine?: boolean;
        cursor?: string;
        limit?: number;
    }): Promise<RoomPage>;
    room(roomId: string): Promise<RoomView>;
    createRoom(room: NewRoom): Promise<RoomView>;
    /** The direct room of both users, created if there is none. */
    directRoom(userId: string): Promise<RoomView>;
    /** Joins a public channel. Idempotent. */
    joinRoom(roomId: string): Promise<RoomView>;
    /** Ends the membership. */
    leaveRoom(roomId: string): Promise<void>;
    joinByInvite(token: string): Promise<RoomView>;
    /** People with a username, a name, or a word in them that begins with `search`. */
    users(query?: {
        search?: string;
        cursor?: string;
        limit?: number;
    }): Promise<PeoplePage>;
    user(userId: string): Promise<Profile>;
    /** A page of a room's messages, oldest first; without a cursor the latest. */
    history(roomId: string, query?: {
        limit?: number;
        before_seq?: number;
        after_seq?: number;
    }): Promise<HistoryPage>;
    message(roomId: string, messageId: string): Promise<Message>;
    /**
     * Changes in rooms since the given cursors; a session calls this by itself. With `gained`, also
     * the rooms that the user has joined: of all (`{}`), or of a range of ids when one call cannot
     * take all rooms.
     */
    sync(rooms: RoomCursor[], { limit, gained }?: {
        limit?: number;
        gained?: {
            after?: string;
            upTo?: string;
        };
    }): Promise<SyncAnswer>;
    /** Goes online until the session is closed. */
    connect(): Session;
}

/** An invalid field, by its path. */
interface WrongField {
    field: string;
    message: string;
    /**
     * `required`, `too_short`, `too_long`, `characters` (some are not allowed there) or `invalid`.
     * Older servers send none.
     */
    reason?: string;
    /** The limit of `too_short` and `too_long`, in characters or items. */
    limit?: number;
}
/**
 * Any error. Codes come from the server (`room_not_found`, `rate_limit`, …; see libs/errors) or
 * from the client: `network` (no response), `timeout` (no response in time), `not_parley` (another
 * server answered), `invalid_url`, `closed` (the session was closed), `not_logged_in`.
 */
declare class ParleyError extends Error {
    #private;
    readonly name = "ParleyError";
    readonly code: string;
    /** Whether the same request may succeed later. */
    readonly retryable: boolean;
    readonly retryAfterMs: number | undefined;
    readonly fields: readonly WrongField[];
    constructor(code: string, message: string, options?: {
        retryable?: boolean;
        retryAfterMs?: number;
        fields?: readonly WrongField[];
    });
    /** From any thrown value. */
    static from(error: unknown): ParleyError;
}

/**
 * Keeps the login and unsent messages in `localStorage`. The tabs of an origin share the login:
 * with Web Locks, one of them refreshes and the others take its tokens, and they notice when one
 * logs out. Other scripts of the origin can read it.
 */
declare class WebStorage implements TokenStorage {
    #private;
    readonly pending: PendingStorage;
    /** @param key one login for each */
    constructor(key?: string);
    load(): Promise<Tokens | null>;
    /** Logging out removes the unsent messages, too. */
    save(tokens: Tokens | null): Promise<void>;
    /**
     * Browsers offer locks to pages of https and of this machine; elsewhere two tabs may refresh.
     */
    exclusively<T>(work: () => Promise<T>): Promise<T>;
    watch(changed: () => void): () => void;
}

export { MemoryStorage, ParleyClient, ParleyError, Session, WebStorage, createClient };
export type { AddedEvent, Api, ClientOptions, ConnectionEvent, DeletedEvent, EditedEvent, HistoryPage, JoinedEvent, LeftEvent, Login, Message, MessageEvent, NewRoom, Notification, Operations, PendingEvent, PendingMessage, PendingStorage, PeoplePage, PresentUser, Profile, ReactionEvent, ReadEvent, Registration, RoomPage, RoomView, SendOptions, Sent, SessionAnswer, SessionEvents, StatusEvent, StopReason, SyncAnswer, TokenStorage, Tokens, TypingEvent, UpdatedEvent };
