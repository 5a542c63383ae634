type AccountChange = {
    kind: "room_settings";
    roomId: string;
    settings: RoomSettings | null;
    seq: number;
} | {
    kind: "notification_settings";
    settings: NotificationSettings;
    seq: number;
} | {
    kind: "draft";
    roomId: string;
    draft: Draft | null;
    seq: number;
} | {
    kind: "thread_draft";
    roomId: string;
    threadRoot: string;
    draft: Draft | null;
    seq: number;
} | {
    kind: "bookmark";
    messageId: string;
    bookmark: Bookmark | null;
    seq: number;
};

type Bookmark = {
    roomId: string;
    note: string;
    createdAt: string;
};

type Draft = {
    content: string;
    replyTo: string | null;
    updatedAt: string;
};

type Message = {
    createdAt: string;
    editedAt: string | null;
    deletedAt: string | null;
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
    pinned?: {
        userId: string;
        at: string;
    } | undefined;
    mentions?: {
        userId: string;
        start?: number | undefined;
        length?: number | undefined;
    }[] | undefined;
    roomMention?: {
        start?: number | undefined;
        length?: number | undefined;
    } | undefined;
    isBot?: true | undefined;
    threadRootSeq?: number | undefined;
    alsoInRoom?: true | undefined;
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
        senderIsBot?: true | undefined;
        messagePreview?: string | undefined;
        friendRequestId?: string | undefined;
        count?: number | undefined;
        mentions?: number | undefined;
    };
    isRead: boolean;
    createdAt: string;
    updatedAt: string;
    quiet?: true | undefined;
};

type NotificationSettings = {
    level: "all" | "mentions" | "none";
    quietHours: {
        tz: string;
        from: string;
        to: string;
    } | null;
    preview: boolean;
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
    isBot?: true | undefined;
};

type RoomSettings = {
    level: "default" | "all" | "mentions" | "none";
    mutedUntil: string | null;
    roomMentions: boolean;
    hidden: boolean;
    order: number | null;
};

type RoomView = {
    id: string;
    kind: "direct" | "group" | "channel";
    name: string | null;
    description: string;
    picture: string;
    isPrivate: boolean;
    earlierUnread: boolean;
    roomMentions: "auto" | "admins" | "members";
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
        isBot?: true | undefined;
    } | null;
};

type SearchHit = {
    message: Message;
    ranges: {
        start: number;
        length: number;
    }[];
};

type Thread = {
    root: Message;
    roomId: string;
    rootId: string;
    rootSeq: number;
    replies: number;
    participants: {
        userId: string;
        username: string;
        isBot?: true | undefined;
    }[];
    lastReplySeq: number | null;
    lastReplyAt: string | null;
    following: boolean;
    readSeq: number;
    unread: number;
};

type ThreadSummary = {
    roomId: string;
    rootId: string;
    rootSeq: number;
    replies: number;
    participants: {
        userId: string;
        username: string;
        isBot?: true | undefined;
    }[];
    lastReplySeq: number | null;
    lastReplyAt: string | null;
    following: boolean;
    readSeq: number;
    unread: number;
};

type CommandAnsweredEvent = {
    roomId: string;
    messageId: string;
    word: string;
    text: string | null;
    problem: "timeout" | "unavailable" | null;
};

type AddedEvent = {
    invited: boolean;
    roomId: string;
    kind: string;
    name: string | null;
    organizationId: string | null;
};

type PresentUser = {
    isOnline: boolean;
    userId: string;
    username: string;
    isBot?: true | undefined;
};

type ReadEvent = {
    userId: string;
    username: string;
    readAt: string;
    roomId: string;
    seq: number;
};

type ReceivedMessage = {
    createdAt: string;
    timestamp: string;
    content: string;
    clientId: string | null;
    replyTo: string | null;
    isEncrypted: boolean;
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
    mentions?: {
        userId: string;
        start?: number | undefined;
        length?: number | undefined;
    }[] | undefined;
    roomMention?: {
        start?: number | undefined;
        length?: number | undefined;
    } | undefined;
    isBot?: true | undefined;
    threadRootSeq?: number | undefined;
    alsoInRoom?: true | undefined;
};

type RoomPresenceEvent = {
    roomId: string;
    online: number;
    timestamp: string;
};

type StatusEvent = {
    status: "online" | "offline";
    timestamp: string;
    userId: string;
    username: string;
};

type ThreadReadEvent = {
    timestamp: string;
    threadRootSeq: number;
    seq: number;
    threadsSeq: number;
    following: boolean | null;
    roomId: string;
    userId: string;
};

type TypingEvent = {
    roomId: string;
    isTyping: boolean;
    timestamp: string;
    userId: string;
    username: string;
    isBot?: true | undefined;
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
    roomMentions?: "auto" | "admins" | "members" | undefined;
};

type Operations = {
    /** Change the caller's settings for a room, on all devices */
    putRoomSettings: {
        input: {
            roomId: string;
            level?: "default" | "all" | "mentions" | "none" | undefined;
            mutedUntil?: string | undefined | null;
            roomMentions?: boolean | undefined;
            hidden?: boolean | undefined;
            order?: number | undefined | null;
        };
        output: {
            level: "default" | "all" | "mentions" | "none";
            mutedUntil: string | null;
            roomMentions: boolean;
            hidden: boolean;
            order: number | null;
            seq: number;
        };
    };
    /** Change the caller's settings for notifications, on all devices */
    putNotificationSettings: {
        input: {
            level?: "all" | "mentions" | "none" | undefined;
            quietHours?: {
                tz: string;
                from: string;
                to: string;
            } | undefined | null;
            preview?: boolean | undefined;
        };
        output: {
            level: "all" | "mentions" | "none";
            quietHours: {
                tz: string;
                from: string;
                to: string;
            } | null;
            preview: boolean;
            seq: number;
        };
    };
    /** Store the caller's draft in a room or a thread, for all devices */
    putDraft: {
        input: {
            roomId: string;
            content: string;
            ifSeq: number;
            replyTo?: string | undefined | null;
            threadRoot?: string | undefined;
        };
        output: {
            seq: number;
            draft: Draft | null;
        };
    };
    /** Bookmark a message, for the caller alone */
    putBookmark: {
        input: {
            roomId: string;
            messageId: string;
            note?: string | undefined;
        };
        output: {
            roomId: string;
            note: string;
            createdAt: string;
            seq: number;
        };
    };
    /** Remove a bookmark */
    deleteBookmark: {
        input: {
            roomId: string;
            messageId: string;
        };
        output: void;
    };
    /** The caller's bookmarks, the latest first, with the messages as they are now */
    listBookmarks: {
        input: {
            roomId?: string | undefined;
            limit?: number | undefined;
            before_seq?: number | undefined;
        };
        output: {
            bookmarks: {
                roomId: string;
                note: string;
                createdAt: string;
                message: Message;
                seq: number;
            }[];
            before_seq: number | null;
        };
    };
    /** Create a key of the caller's organization; admins only */
    createApiKey: {
        input: {
            name: string;
            scopes: ("users:read" | "users:write" | "users:act" | "tokens:mint" | "rooms:read" | "rooms:write" | "messages:read" | "messages:send" | "hooks:read" | "hooks:write")[];
            roomIds?: string[] | undefined;
            expiresInSeconds?: number | undefined;
        };
        output: {
            apiKey: {
                id: string;
                name: string;
                prefix: string;
                organizationId: string | null;
                botId: string | null;
                scopes: ("users:read" | "users:write" | "users:act" | "tokens:mint" | "rooms:read" | "rooms:write" | "messages:read" | "messages:send" | "hooks:read" | "hooks:write")[];
                roomIds: string[] | null;
                createdAt: string;
                expiresAt: string | null;
                lastUsedAt: string | null;
                revokedAt: string | null;
            };
            key: string;
        };
    };
    /** Keys of the caller's organization, newest first; admins only */
    listApiKeys: {
        input: {
            prefix?: string | undefined;
        };
        output: {
            apiKeys: {
                id: string;
                name: string;
                prefix: string;
                organizationId: string | null;
                botId: string | null;
                scopes: ("users:read" | "users:write" | "users:act" | "tokens:mint" | "rooms:read" | "rooms:write" | "messages:read" | "messages:send" | "hooks:read" | "hooks:write")[];
                roomIds: string[] | null;
                createdAt: string;
                expiresAt: string | null;
                lastUsedAt: string | null;
                revokedAt: string | null;
            }[];
        };
    };
    /** Revoke a key; admins only */
    revokeApiKey: {
        input: {
            keyId: string;
            endSessions?: boolean | undefined;
        };
        output: void;
    };
    /** Actions of a key, latest first; admins only */
    listKeyActions: {
        input: {
            keyId: string;
            limit?: number | undefined;
            cursor?: string | undefined;
        };
        output: {
            actions: {
                id: string;
                keyId: string;
                userId: string | null;
                action: string;
                roomId: string | null;
                requestId: string;
                time: string;
            }[];
            nextCursor: string | null;
        };
    };
    /** Exchange a key for a short-lived access token */
    exchangeKey: {
        input: {
            key: string;
            userId?: string | undefined;
            externalId?: string | undefined;
        };
        output: {
            accessToken: string;
            expiresIn: number;
            keyId: string;
            userId: string | null;
            username: string;
            scopes: ("users:read" | "users:write" | "users:act" | "tokens:mint" | "rooms:read" | "rooms:write" | "messages:read" | "messages:send" | "hooks:read" | "hooks:write")[];
            roomIds: string[] | null;
        };
    };
    /** Create or update a user by the id in your own system; keys only. Idempotent */
    putExternalUser: {
        input: {
            externalId: string;
            username?: string | undefined;
            name?: string | undefined;
        };
        output: {
            user: {
                id: string;
                username: string;
                name: string;
                organizationId: string | null;
                externalId: string;
            };
            created: boolean;
        };
    };
    /** Create a session of a user; keys only */
    createUserSession: {
        input: {
            userId?: string | undefined;
            externalId?: string | undefined;
        };
        output: {
            user: {
                id: string;
                username: string;
                email: string;
                name: string;
                organizationId: string | null;
                organizationRole: "admin" | "user" | "moderator" | null;
                createdAt: string;
                isBot?: true | undefined;
            };
            accessToken: string;
            refreshToken: string;
            expiresIn: number;
            token: string;
            sessionId: string;
        };
    };
    /** Register and log in */
    register: {
        input: {
            email: string;
            password: string;
            username?: string | undefined;
            name?: string | undefined;
            organizationName?: string | undefined;
            role?: "admin" | "user" | "moderator" | undefined;
            organizationInvite?: string | undefined;
        };
        output: {
            user: {
                id: string;
                username: string;
                email: string;
                name: string;
                organizationId: string | null;
                organizationRole: "admin" | "user" | "moderator" | null;
                createdAt: string;
                isBot?: true | undefined;
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
                organizationRole: "admin" | "user" | "moderator" | null;
                createdAt: string;
                isBot?: true | undefined;
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
                organizationRole: "admin" | "user" | "moderator" | null;
                createdAt: string;
                isBot?: true | undefined;
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
                organizationRole: "admin" | "user" | "moderator" | null;
                createdAt: string;
                isBot?: true | undefined;
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
            isBot?: true | undefined;
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
                isBot?: true | undefined;
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
    /** Create a bot with its first key */
    createBot: {
        input: {
            username?: string | undefined;
            name?: string | undefined;
            owner?: "organization" | "me" | undefined;
            scopes?: ("users:read" | "users:write" | "users:act" | "tokens:mint" | "rooms:read" | "rooms:write" | "messages:read" | "messages:send" | "hooks:read" | "hooks:write")[] | undefined;
        };
        output: {
            apiKey: {
                id: string;
                name: string;
                prefix: string;
                organizationId: string | null;
                botId: string | null;
                scopes: ("users:read" | "users:write" | "users:act" | "tokens:mint" | "rooms:read" | "rooms:write" | "messages:read" | "messages:send" | "hooks:read" | "hooks:write")[];
                roomIds: string[] | null;
                createdAt: string;
                expiresAt: string | null;
                lastUsedAt: string | null;
                revokedAt: string | null;
            };
            key: string;
            bot: {
                id: string;
                username: string;
                name: string;
                isBot: true;
                organizationId: string | null;
                owner: {
                    kind: "organization" | "user";
                    id: string;
                };
                createdAt: string;
            };
        };
    };
    /** The caller's bots, newest first; for admins also those of the organization */
    listBots: {
        input: Record<never, never>;
        output: {
            bots: {
                id: string;
                username: string;
                name: string;
                isBot: true;
                organizationId: string | null;
                owner: {
                    kind: "organization" | "user";
                    id: string;
                };
                createdAt: string;
            }[];
        };
    };
    /** Delete a bot */
    deleteBot: {
        input: {
            botId: string;
        };
        output: void;
    };
    /** Transfer a bot to another user of its organization, or to the organization */
    transferBot: {
        input: {
            botId: string;
            userId?: string | undefined;
        };
        output: {
            id: string;
            username: string;
            name: string;
            isBot: true;
            organizationId: string | null;
            owner: {
                kind: "organization" | "user";
                id: string;
            };
            createdAt: string;
        };
    };
    /** Create a further key of a bot */
    createBotKey: {
        input: {
            botId: string;
            roomIds?: string[] | undefined;
            expiresInSeconds?: number | undefined;
            name?: string | undefined;
            scopes?: ("users:read" | "users:write" | "users:act" | "tokens:mint" | "rooms:read" | "rooms:write" | "messages:read" | "messages:send" | "hooks:read" | "hooks:write")[] | undefined;
        };
        output: {
            apiKey: {
                id: string;
                name: string;
                prefix: string;
                organizationId: string | null;
                botId: string | null;
                scopes: ("users:read" | "users:write" | "users:act" | "tokens:mint" | "rooms:read" | "rooms:write" | "messages:read" | "messages:send" | "hooks:read" | "hooks:write")[];
                roomIds: string[] | null;
                createdAt: string;
                expiresAt: string | null;
                lastUsedAt: string | null;
                revokedAt: string | null;
            };
            key: string;
        };
    };
    /** Keys of a bot, newest first */
    listBotKeys: {
        input: {
            botId: string;
        };
        output: {
            apiKeys: {
                id: string;
                name: string;
                prefix: string;
                organizationId: string | null;
                botId: string | null;
                scopes: ("users:read" | "users:write" | "users:act" | "tokens:mint" | "rooms:read" | "rooms:write" | "messages:read" | "messages:send" | "hooks:read" | "hooks:write")[];
                roomIds: string[] | null;
                createdAt: string;
                expiresAt: string | null;
                lastUsedAt: string | null;
                revokedAt: string | null;
            }[];
        };
    };
    /** Revoke a key of a bot; its tokens and connections end within a second */
    revokeBotKey: {
        input: {
            botId: string;
            keyId: string;
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
                isBot?: true | undefined;
            };
            to: {
                userId: string;
                username: string;
                isBot?: true | undefined;
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
                    isBot?: true | undefined;
                };
                to: {
                    userId: string;
                    username: string;
                    isBot?: true | undefined;
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
                isBot?: true | undefined;
            };
            to: {
                userId: string;
                username: string;
                isBot?: true | undefined;
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
    /** Create a webhook for rooms, or for the organization */
    createHook: {
        input: {
            url: string;
            description?: string | undefined;
            rooms?: string[] | undefined;
            organization?: boolean | undefined;
            events?: ("message" | "left" | "joined")[] | undefined;
            programMessages?: boolean | undefined;
        };
        output: {
            hook: {
                id: string;
                ownerId: string;
                url: string;
                description: string;
                rooms: string[] | null;
                organizationId: string | null;
                events: ("message" | "left" | "joined")[];
                programMessages: boolean;
                state: "active" | "paused" | "ended";
                stateReason: "not_authorized" | "by_owner" | "failing" | "gone" | null;
                failingSince: string | null;
                secrets: number;
                createdAt: string;
            };
            secret: string;
        };
    };
    /** The caller's webhooks, newest first */
    listHooks: {
        input: Record<never, never>;
        output: {
            hooks: {
                id: string;
                ownerId: string;
                url: string;
                description: string;
                rooms: string[] | null;
                organizationId: string | null;
                events: ("message" | "left" | "joined")[];
                programMessages: boolean;
                state: "active" | "paused" | "ended";
                stateReason: "not_authorized" | "by_owner" | "failing" | "gone" | null;
                failingSince: string | null;
                secrets: number;
                createdAt: string;
            }[];
        };
    };
    /** One webhook of the caller */
    getHook: {
        input: {
            hookId: string;
        };
        output: {
            id: string;
            ownerId: string;
            url: string;
            description: string;
            rooms: string[] | null;
            organizationId: string | null;
            events: ("message" | "left" | "joined")[];
            programMessages: boolean;
            state: "active" | "paused" | "ended";
            stateReason: "not_authorized" | "by_owner" | "failing" | "gone" | null;
            failingSince: string | null;
            secrets: number;
            createdAt: string;
        };
    };
    /** Change or pause a webhook */
    updateHook: {
        input: {
            hookId: string;
            url?: string | undefined;
            description?: string | undefined;
            rooms?: string[] | undefined;
            events?: ("message" | "left" | "joined")[] | undefined;
            programMessages?: boolean | undefined;
            paused?: true | undefined;
        };
        output: {
            id: string;
            ownerId: string;
            url: string;
            description: string;
            rooms: string[] | null;
            organizationId: string | null;
            events: ("message" | "left" | "joined")[];
            programMessages: boolean;
            state: "active" | "paused" | "ended";
            stateReason: "not_authorized" | "by_owner" | "failing" | "gone" | null;
            failingSince: string | null;
            secrets: number;
            createdAt: string;
        };
    };
    /** Delete a webhook with its cursors */
    deleteHook: {
        input: {
            hookId: string;
        };
        output: void;
    };
    /** Create a new secret */
    rotateHookSecret: {
        input: {
            hookId: string;
            expireOldInSeconds?: number | undefined;
        };
        output: {
            secret: string;
            oldExpiresAt: string;
        };
    };
    /** Continue a webhook, where it stopped or from other cursors */
    resumeHook: {
        input: {
            hookId: string;
            from?: {
                roomId: string;
                seq: number;
            }[] | undefined;
        };
        output: {
            id: string;
            ownerId: string;
            url: string;
            description: string;
            rooms: string[] | null;
            organizationId: string | null;
            events: ("message" | "left" | "joined")[];
            programMessages: boolean;
            state: "active" | "paused" | "ended";
            stateReason: "not_authorized" | "by_owner" | "failing" | "gone" | null;
            failingSince: string | null;
            secrets: number;
            createdAt: string;
        };
    };
    /** How far a webhook is behind, by room */
    getHookLag: {
        input: {
            hookId: string;
            limit?: number | undefined;
            after?: string | undefined;
        };
        output: {
            rooms: {
                roomId: string;
                seq: number;
                head: number;
                active: boolean;
                failures: number;
                nextAttemptAt: string | null;
            }[];
            after: string | null;
        };
    };
    /** The last 100 attempts, newest first, without their bodies */
    listHookDeliveries: {
        input: {
            hookId: string;
        };
        output: {
            deliveries: {
                webhookId: string;
                roomId: string;
                changes: number;
                attempt: number;
                status: number | null;
                problem: string | null;
                durationMs: number;
                at: string;
            }[];
        };
    };
    /** Send a signed test (`type: "test"`) now, in any state of the webhook */
    testHook: {
        input: {
            hookId: string;
        };
        output: {
            ok: boolean;
            status: number | null;
            problem: string | null;
            durationMs: number;
        };
    };
    /** Create a webhook by which programs write to a room; owner and admins */
    createIncomingHook: {
        input: {
            roomId: string;
            name: string;
            format?: "plain" | "slack" | undefined;
        };
        output: {
            hook: {
                id: string;
                roomId: string;
                name: string;
                format: "plain" | "slack";
                createdAt: string;
            };
            token: string;
            path: string;
        };
    };
    /** The caller's webhooks for messages to rooms, newest first */
    listIncomingHooks: {
        input: Record<never, never>;
        output: {
            hooks: {
                id: string;
                roomId: string;
                name: string;
                format: "plain" | "slack";
                createdAt: string;
            }[];
        };
    };
    /** Delete such a webhook; its token is refused from then on */
    deleteIncomingHook: {
        input: {
            hookId: string;
        };
        output: void;
    };
    /** Write a message to a room by its webhook */
    postIncoming: {
        input: {
            token: string;
            text?: string | undefined;
            username?: string | undefined;
            iconUrl?: string | undefined;
            threadOf?: string | undefined;
            thread_ts?: string | undefined;
            attachments?: {
                fallback?: string | undefined;
                pretext?: string | undefined;
                title?: string | undefined;
                text?: string | undefined;
            }[] | undefined;
        };
        output: {
            id: string;
            roomId: string;
            seq: number;
        };
    };
    /** Let a webhook answer a word in a room; owner and admins of the room */
    createCommand: {
        input: {
            hookId: string;
            roomId: string;
            word: string;
            description?: string | undefined;
        };
        output: {
            id: string;
            hookId: string;
            roomId: string;
            word: string;
            description: string;
            createdAt: string;
        };
    };
    /** The commands of a room, for its members */
    listCommands: {
        input: {
            roomId: string;
        };
        output: {
            commands: {
                id: string;
                hookId: string;
                roomId: string;
                word: string;
                description: string;
                createdAt: string;
            }[];
        };
    };
    /** Free a word */
    deleteCommand: {
        input: {
            hookId: string;
            commandId: string;
        };
        output: void;
    };
    /** Run a command, `/word …`, without a message */
    runCommand: {
        input: {
            roomId: string;
            text: string;
            clientId?: string | undefined;
        };
        output: {
            visibleTo: "caller" | "room";
            text: string | null;
            message: Message | null;
        };
    };
    /** Send a message */
    sendMessage: {
        input: {
            roomId: string;
            content: string;
            ifSeq?: number | undefined;
            ifChangedSeq?: number | undefined;
            threadRoot?: string | undefined;
            alsoInRoom?: boolean | undefined;
            clientId?: string | undefined;
            replyTo?: string | undefined;
            isEncrypted?: boolean | undefined;
            mentions?: Mentions | undefined;
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
            threads?: boolean | undefined;
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
            threads?: ThreadSummary[] | undefined;
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
            ifSeq?: number | undefined;
            ifChangedSeq?: number | undefined;
            mentions?: Mentions | undefined;
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
            ifSeq?: number | undefined;
            ifChangedSeq?: number | undefined;
            on?: boolean | undefined;
        };
        output: Message;
    };
    /** Mark a room read, up to a message or to its end */
    markRead: {
        input: {
            roomId: string;
            messageId?: string | undefined;
            threads?: boolean | undefined;
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
        input: {
            threads?: boolean | undefined;
        };
        output: {
            rooms: {
                roomId: string;
                unread: number;
                mentions: number;
                seq: number;
                readSeq: number;
                level: "all" | "mentions" | "none";
                mutedUntil: string | null;
            }[];
            total: number;
            mentions: number;
            badge: number;
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
            account?: {
                seq: number;
                more?: true | undefined;
            } | undefined;
            limit?: number | undefined;
            threads?: boolean | undefined;
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
                    isBot?: true | undefined;
                    atCreation?: boolean | undefined;
                }[];
                positions: {
                    userId: string;
                    username: string;
                    seq: number;
                    readAt: string | null;
                    deliveredSeq: number;
                }[];
                threads?: {
                    threadRootSeq: number;
                    seq: number;
                    threadsSeq: number;
                    following: boolean | null;
                }[] | undefined;
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
            account?: {
                seq: number;
                hasMore: boolean;
                changes: AccountChange[];
                reset?: true | undefined;
            } | undefined;
        };
    };
    /** Proves or disproves that a client's copy of a range of messages is correct */
    getDigest: {
        input: {
            roomId: string;
            from?: number | undefined;
            to?: number | undefined;
            threads?: boolean | undefined;
        };
        output: {
            from: number;
            to: number;
            at: number;
            count: number;
            changedSeq: number;
            digest: string;
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
            role: "admin" | "user" | "moderator";
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
            role: "admin" | "user" | "moderator";
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
            role: "admin" | "user" | "moderator";
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
            role: "admin" | "user" | "moderator";
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
                role: "admin" | "user" | "moderator";
                isBot?: true | undefined;
            }[];
            next: string | null;
        };
    };
    /** Change a member's role (admins) */
    changeMemberRole: {
        input: {
            userId: string;
            role: "admin" | "user" | "moderator";
        };
        output: {
            userId: string;
            username: string;
            name: string;
            role: "admin" | "user" | "moderator";
            isBot?: true | undefined;
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
            role?: "admin" | "user" | "moderator" | undefined;
            maxUses?: number | undefined;
            expiresIn?: number | undefined;
        };
        output: {
            invite: {
                id: string;
                role: "admin" | "user" | "moderator";
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
                role: "admin" | "user" | "moderator";
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
    /** The pinned messages of a room, the latest pin first (at most 100) */
    listPins: {
        input: {
            roomId: string;
        };
        output: {
            pins: Message[];
        };
    };
    /** Pin a message: owner and admins, and both people of a direct room */
    pinMessage: {
        input: {
            roomId: string;
            messageId: string;
        };
        output: Message;
    };
    /** Remove the pin of a message: owner and admins, and both people of a direct room */
    unpinMessage: {
        input: {
            roomId: string;
            messageId: string;
        };
        output: Message;
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
            roomMentions?: "auto" | "admins" | "members" | undefined;
            members?: string[] | undefined;
            kind?: "channel" | undefined;
            isPrivate?: boolean | undefined;
        } | {
            kind: "group";
            name: string;
            description?: string | undefined;
            picture?: string | undefined;
            earlierUnread?: boolean | undefined;
            roomMentions?: "auto" | "admins" | "members" | undefined;
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
            roomMentions?: "auto" | "admins" | "members" | undefined;
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
                isBot?: true | undefined;
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
            threads?: boolean | undefined;
        };
        output: {
            roomId: string;
            userId: string;
            seq: number;
            readAt: string;
        };
    };
    /** Search the messages of the caller's rooms, newest first */
    searchMessages: {
        input: {
            q?: string | undefined;
            roomId?: string[] | undefined;
            from?: string | undefined;
            mentions?: "me" | undefined;
            has?: "link" | undefined;
            inThread?: string | undefined;
            after?: string | undefined;
            before?: string | undefined;
            limit?: number | undefined;
            cursor?: string | undefined;
        };
        output: {
            hits: SearchHit[];
            nextCursor: string | null;
            complete: boolean;
            through: {
                roomId: string;
                seq: number;
            }[];
        };
    };
    /** Threads of a room, those with the latest replies first */
    listThreads: {
        input: {
            roomId: string;
            filter?: "all" | "unread" | "followed" | undefined;
            limit?: number | undefined;
            before_seq?: number | undefined;
        };
        output: {
            threads: Thread[];
            pagination: {
                limit: number;
                hasMore: boolean;
                before_seq: number | null;
            };
        };
    };
    /** A thread, with a page of its replies, oldest first */
    getThread: {
        input: {
            roomId: string;
            messageId: string;
            limit?: number | undefined;
            before_seq?: number | undefined;
            after_seq?: number | undefined;
        };
        output: {
            thread: Thread;
            messages: Message[];
            pagination: {
                limit: number;
                hasMore: boolean;
                before_seq: number | null;
                after_seq: number | null;
            };
        };
    };
    /** Mark a thread read, up to a reply or to its end */
    readThread: {
        input: {
            roomId: string;
            messageId: string;
            seq?: number | undefined;
            unread?: boolean | undefined;
        };
        output: {
            threadRootSeq: number;
            seq: number;
            threadsSeq: number;
            following: boolean | null;
        };
    };
    /** Follow a thread */
    followThread: {
        input: {
            roomId: string;
            messageId: string;
        };
        output: {
            threadRootSeq: number;
            seq: number;
            threadsSeq: number;
            following: boolean | null;
        };
    };
    /** Stop following a thread, also one that the caller has written in */
    unfollowThread: {
        input: {
            roomId: string;
            messageId: string;
        };
        output: {
            threadRootSeq: number;
            seq: number;
            threadsSeq: number;
            following: boolean | null;
        };
    };
    /** Mark all threads of a room read */
    readThreads: {
        input: {
            roomId: string;
        };
        output: {
            threadRootSeq: number;
            seq: number;
            threadsSeq: number;
            following: boolean | null;
        };
    };
    /** How many followed threads have unread replies, by room */
    getUnreadThreads: {
        input: Record<never, never>;
        output: {
            rooms: {
                roomId: string;
                threads: number;
                unread: number;
            }[];
            total: number;
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

type Mentions = {
    userIds?: string[] | undefined;
    room?: boolean | undefined;
};

type SearchQuestion = {
    roomId?: string[] | undefined;
    mentions?: "me" | undefined;
    from?: string | undefined;
    limit?: number | undefined;
    after?: string | undefined;
    q?: string | undefined;
    has?: "link" | undefined;
    inThread?: string | undefined;
    before?: string | undefined;
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
type RoomDigest = Operations['getDigest']['output'];

type Input<Id extends keyof Operations> = Operations[Id]['input'];
/**
 * A method for every operation of `/api/v1`, by its id in `/openapi.json`. The parameters of the
 * path, the query and the body are one object, which may be omitted if nothing in it is required.
 */
type Api = {
    [Id in keyof Operations]: Record<never, never> extends Input<Id> ? (input?: Input<Id>) => Promise<Operations[Id]['output']> : (input: Input<Id>) => Promise<Operations[Id]['output']>;
};

/**
 * Conditions of a write. If one does not hold, nothing is written: the error `state_changed` has
 * the present state in `current`.
 */
interface WriteConditions {
    /** Only if this is the last change of the room. */
    ifSeq?: number;
    /** Only if the message (of a new one: the message that it replies to) has not changed since. */
    ifChangedSeq?: number;
}
interface SendOptions extends WriteConditions {
    /** The idempotency key, at most 64 printable ASCII characters. @default a random UUID */
    clientId?: string;
    replyTo?: string;
    isEncrypted?: boolean;
    /** A message of the thread that this one belongs to. */
    threadRoot?: string;
    /** Whether a reply in a thread is also a message of the room. */
    alsoInRoom?: boolean;
    /** Whom it mentions. @default whom its text names */
    mentions?: Mentions;
    /** How long to keep trying, once it is the message's turn. @default 60_000 */
    deadlineMs?: number;
}
/** The properties of a message beside its text. */
type MessageOptions = Omit<SendOptions, 'clientId' | 'deadlineMs'>;
/** A stored message. */
type Sent = Pick<ReceivedMessage, 'id' | 'roomId' | 'seq' | 'createdAt' | 'threadRootSeq'> & {
    clientId: string;
};
/** A message of this user that is not stored yet. */
interface PendingMessage extends MessageOptions {
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
    /**
     * The key of a program, instead of a login: the client acts as the key or as its bot, within its
     * scopes. Never put one into a page.
     */
    key?: string;
    /** With a `key`: the user to act for. Requires the scope `users:act`. */
    actFor?: {
        userId: string;
    } | {
        externalId: string;
    };
    /**
     * Instead of a login: returns an access token of the user, of an identity provider that Parley
     * trusts. Called again before that one expires.
     */
    getToken?: () => Promise<string>;
    /**
     * Whether the program shows threads apart from their rooms: then `markRead` leaves replies in
     * threads unread, and the hooks of `@parley/react` show them in their threads. @default false
     */
    threads?: boolean;
    /** Called on every change of the tokens; `null`: logged out. */
    onTokens?: (tokens: Tokens | null) => void;
}

/** A new message. If it arrives late, `editedAt` and `deletedAt` show later changes. */
interface MessageEvent extends Message {
    type: 'message';
}
interface EditedEvent extends Pick<Message, 'mentions' | 'roomMention'> {
    type: 'edited';
    /** The message's id. */
    id: string;
    roomId: string;
    seq: number;
    userId: string;
    username: string;
    isBot?: true | undefined;
    content: string;
    /** Absent: the message is not pinned. */
    pinned?: Message['pinned'];
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
interface PinnedEvent {
    type: 'pinned';
    messageId: string;
    roomId: string;
    seq: number;
    /** `null`: the message is not pinned. */
    pinned: NonNullable<Message['pinned']> | null;
    /** `null` after a sync, which knows only the outcome. */
    by: {
        userId: string;
        username: string;
    } | null;
}
interface JoinedEvent {
    type: 'joined';
    roomId: string;
    seq: number;
    userId: string;
    username: string;
    isBot?: true | undefined;
    time: string;
    /** The member joined with the room's creation. Never of `left`. */
    atCreation?: boolean | undefined;
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
 * The events of a session. After an absence, `edited`, `deleted`, `reaction` and `pinned` contain
 * the current state of a message, possibly repeated: apply them by the message's id.
 */
interface SessionEvents {
    message: MessageEvent;
    edited: EditedEvent;
    deleted: DeletedEvent;
    reaction: ReactionEvent;
    pinned: PinnedEvent;
    joined: JoinedEvent;
    left: LeftEvent;
    typing: TypingEvent;
    /**
     * A user has read up to `seq`. May be repeated after an absence; use each user's furthest
     * position.
     */
    read: ReadEvent;
    /**
     * This user has read a thread, or follows it or not, on any device. Not repeated after an
     * absence: load counts again after `resumed`.
     */
    threadRead: ThreadReadEvent;
    status: StatusEvent;
    /**
     * How many members of a large joined room are online, instead of their statuses: soon after
     * joining and when it has changed. `session.onlineIn` has the last one.
     */
    roomPresence: RoomPresenceEvent;
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
    /**
     * The gateway of this connection is being replaced, and closes it within that time. The session
     * then connects to another one at once.
     */
    draining: {
        reconnectWithinMs: number;
    };
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
     * events. `absentMs`: since the last sign of life of the lost connection. After a long absence,
     * check copies with `verifyCopy`.
     */
    resumed: {
        missed: number;
        absentMs: number;
    };
    /** Another user has logged in with the same storage, in another tab: this session has ended. */
    conflict: {
        userId: string;
    };
    /** The user's account has changed. Only for sessions whose account is followed. */
    accountChanged: AccountChange;
    /**
     * A message of this user began with a command of its room (`/word …`): the answer to them alone.
     * It is stored nowhere.
     */
    commandAnswered: CommandAnsweredEvent;
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
    /** Every change of a joined room up to this number was emitted; undefined: not joined yet. */
    seq(roomId: string): number | undefined;
    /** The last `roomPresence` of a joined room; undefined: small rooms have statuses instead. */
    onlineIn(roomId: string): number | undefined;
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
    post(roomId: string, content: string, options?: MessageOptions): PendingMessage;
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
    /** @param options.mentions whom it mentions then. @default whom its text names */
    edit(roomId: string, messageId: string, content: string, options?: WriteConditions & Pick<SendOptions, 'mentions'>): Promise<void>;
    delete(roomId: string, messageId: string): Promise<void>;
    /** @param on whether the reaction should exist afterwards */
    react(roomId: string, messageId: string, reaction: string, on?: boolean, conditions?: WriteConditions): Promise<void>;
    /**
     * Marks the room read up to that message, or to its end.
     * @param options.threads true: replies in threads stay unread, because the program shows threads
     *   apart. @default the client's option
     */
    markRead(roomId: string, messageId?: string, options?: {
        threads?: boolean;
    }): Promise<void>;
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

/** @throws ParleyError `invalid_url` */
declare const createClient: (options: ClientOptions) => ParleyClient;
/**
 * A client of Parley: methods for REST, and `connect()` for live events. Every method throws a
 * ParleyError.
 */
declare class ParleyClient {
    #private;
    /** The option `threads`. */
    readonly showsThreads: boolean;
    /**
     * Every operation of `/api/v1` by its id. `logIn`, `register` and `refresh` log this client in,
     * `logOut` and `eraseMe` log it out.
     */
    readonly api: Api;
    constructor(options: ClientOptions);
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
    /**
     * A page of a room's messages, oldest first; without a cursor the latest. With `threads`, it has
     * threads instead of replies that are only in them.
     */
    history(roomId: string, query?: {
        limit?: number;
        before_seq?: number;
        after_seq?: number;
        threads?: boolean;
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

interface BotOptions {
    /** See `ClientOptions.url`. */
    url: string;
    /** The bot's key. */
    key: string;
    /** The rooms to follow. @default all rooms of the bot, also those that it is added to later */
    rooms?: readonly string[];
    /**
     * Also handle messages of other bots. Two bots that answer each other must find an end.
     * @default false
     */
    handleBots?: boolean;
}
/**
 * Handles a message. Once it has resolved, the message counts as handled, and the next of the room
 * follows. If it rejects with a retryable ParleyError, it is called again after a pause; any other
 * error is emitted as `error`, and the message counts as handled.
 */
type MessageHandler = (message: Message) => unknown;
interface BotEvents {
    error: {
        error: unknown;
        message: Message | null;
    };
    stopped: {
        reason: StopReason;
    };
}
/** @throws ParleyError `invalid_url` */
declare const createBot: (options: BotOptions) => Bot;
/**
 * A program that answers messages. It handles every message of people in its rooms, in order, also
 * those that were sent while it was away: its read positions at the server say where it stopped. A
 * message may be handled again after a crash, but each reply is posted once.
 */
declare class Bot {
    #private;
    /** REST calls as the bot. */
    readonly client: ParleyClient;
    /** The live side, for everything else: typing, reactions, other events. */
    readonly session: Session;
    constructor({ url, key, rooms, handleBots }: BotOptions);
    /** Returns a function that removes the listener. */
    on(name: 'message', listener: MessageHandler): () => void;
    on<E extends keyof BotEvents>(name: E, listener: (event: BotEvents[E]) => void): () => void;
    /**
     * Replies to a message. However often it is called for the message, also after a restart, one
     * reply is posted: the first.
     * @param options.part tells several replies to one message apart. @default 0
     * @returns undefined if another text was posted before
     * @throws ParleyError as `Session.send`
     */
    reply({ id, roomId, threadRootSeq }: Pick<Message, 'id' | 'roomId' | 'threadRootSeq'>, content: string, { part }?: {
        part?: number;
    }): Promise<Sent | undefined>;
    /** Stops for good, after the messages that it is handling, and records how far it has come. */
    stop(): Promise<void>;
}

/** The numbers of a message that its digest contains. */
type MessageNumbers = Pick<Message, 'seq' | 'changedSeq'>;
interface SeqRange {
    from: number;
    /** Belongs to the range. */
    to: number;
}
/** A program's copy of a consecutive part of a room's messages. It may change during the check. */
interface MessageCopy {
    /** The copy should have all messages of this range; `null`: it is not needed any more. */
    range(): SeqRange | null;
    /** Its messages, in any order. */
    messages(): readonly MessageNumbers[];
    /** It has applied all changes up to this number, such as `session.seq(roomId)`. */
    at(): number;
    /**
     * Adds messages or replaces those with the same `seq`, whatever their `changedSeq`, and removes
     * messages that the room does not have.
     */
    repair(put: Message[], removed: readonly number[]): void;
}

/** The username of authors who have been erased. Front ends show a text of their own instead. */
declare const erasedName: string;

/** Whether a draft was stored. If not, another device has changed it: show both. */
type DraftOutcome = {
    stored: true;
} | {
    stored: false;
    newer: Draft | null;
};
/** The user's settings, drafts and bookmarks, the same on all devices. */
interface Account {
    /** The number of the last change that is known. */
    readonly seq: number;
    readonly notificationSettings: NotificationSettings;
    roomSettings(roomId: string): RoomSettings;
    /** @param threadRoot the message that begins the thread; without it, the room's own draft */
    draft(roomId: string, threadRoot?: string): Draft | null;
    /** By the ids of their messages; `api.listBookmarks` has the messages. */
    readonly bookmarks: ReadonlyMap<string, Bookmark>;
    /** Fields that are not given keep their values. */
    setRoom(roomId: string, changes: Partial<RoomSettings>): Promise<void>;
    setNotifications(changes: Partial<NotificationSettings>): Promise<void>;
    /**
     * Stores a draft upon the one that is known here; without content and `replyTo`, removes it. It
     * never overwrites a newer one. After a refusal that one is known, so storing again replaces it.
     */
    putDraft(roomId: string, content: string, replyTo?: string | null, threadRoot?: string): Promise<DraftOutcome>;
    bookmark(roomId: string, messageId: string, on: boolean): Promise<void>;
    /** Called after each change. Returns a function that removes the listener. */
    onChange(listener: () => void): () => void;
    /** Stops following. */
    stop(): void;
}

/**
 * Follows the account of the session's user. Resolves when it is complete, and keeps it current
 * until the session ends or it is stopped.
 * @throws ParleyError when refused, or not answered for a minute
 */
declare function followAccount(client: {
    api: Api;
}, live: Session): Promise<Account>;

/** An invalid field, by its path. */
interface WrongField {
    field: string;
    message: string;
    /**
     * `required`, `too_short`, `too_long`, `too_low`, `too_high`, `characters` (some are not allowed
     * there), `format`, `choice` (of a few values), `taken`, `wrong` (a secret that does not match),
     * `combination` (with other fields), `not_found`, `unknown` (no such field) or `invalid`. Older
     * servers send none or fewer.
     */
    reason?: string;
    /** The limit of the reasons `too_…`: characters, items, or a number. */
    limit?: number;
}
/** The state that a conditional write met: its last change, and what has changed. */
interface CurrentState {
    seq: number;
    message?: Message;
    /** `null`: it was removed. */
    draft?: Draft | null;
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
    /** Of `state_changed`. */
    readonly current: CurrentState | undefined;
    constructor(code: string, message: string, options?: {
        retryable?: boolean;
        retryAfterMs?: number;
        fields?: readonly WrongField[];
        current?: CurrentState;
    });
    /** From any thrown value. */
    static from(error: unknown): ParleyError;
}

interface VerifyOptions {
    /** Maximum number of requests. @default 64 */
    maxRequests?: number;
    /** Whether the copy is without replies that are only in their thread. @default false */
    threads?: boolean;
}
interface Verified {
    /** Whether the copy is proven correct. Otherwise load it anew: that takes fewer requests. */
    isCorrect: boolean;
    /** Differences found and repaired. */
    repaired: number;
    requests: number;
}
/**
 * Compares a copy with the room by digests, finds differences by bisection and repairs them.
 * A correct copy takes one request per 10,000 numbers. During writes, repairs may be incomplete,
 * so the result counts only once the digests of the whole copy are equal.
 *
 * @throws ParleyError when a request fails; the copy may be repaired in part. `insecure_context`: a
 *   page over plain HTTP from another machine, where browsers offer no SHA-256
 */
declare function verifyCopy(api: Pick<Api, 'getDigest' | 'getHistory'>, roomId: string, copy: MessageCopy, { maxRequests, threads }?: VerifyOptions): Promise<Verified>;

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

export { Bot, MemoryStorage, ParleyClient, ParleyError, Session, WebStorage, createBot, createClient, erasedName, followAccount, verifyCopy };
export type { Account, AddedEvent, Api, Bookmark, BotOptions, ClientOptions, ConnectionEvent, DeletedEvent, Draft, DraftOutcome, EditedEvent, HistoryPage, JoinedEvent, LeftEvent, Login, Mentions, Message, MessageCopy, MessageEvent, MessageHandler, MessageNumbers, MessageOptions, NewRoom, Notification, NotificationSettings, Operations, PendingEvent, PendingMessage, PendingStorage, PeoplePage, PinnedEvent, PresentUser, Profile, ReactionEvent, ReadEvent, Registration, RoomDigest, RoomPage, RoomPresenceEvent, RoomSettings, RoomView, SearchHit, SearchQuestion, SendOptions, Sent, SeqRange, SessionAnswer, SessionEvents, StatusEvent, StopReason, SyncAnswer, Thread, ThreadReadEvent, ThreadSummary, TokenStorage, Tokens, TypingEvent, UpdatedEvent, Verified, VerifyOptions, WriteConditions };
