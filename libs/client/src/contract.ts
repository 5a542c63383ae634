import type {
  accountApi,
  apiKeysApi,
  authApi,
  bansApi,
  blocksApi,
  botsApi,
  AccountChange as ContractAccountChange,
  Bookmark as ContractBookmark,
  Draft as ContractDraft,
  Message as ContractMessage,
  Notification as ContractNotification,
  NotificationSettings as ContractNotificationSettings,
  Profile as ContractProfile,
  RoomSettings as ContractRoomSettings,
  RoomView as ContractRoomView,
  SearchHit as ContractSearchHit,
  Thread as ContractThread,
  ThreadSummary as ContractThreadSummary,
  commandsApi,
  contactsApi,
  friendRequestsApi,
  hooksApi,
  incomingHooksApi,
  messagesApi,
  notificationsApi,
  organizationsApi,
  pinsApi,
  roomInvitesApi,
  roomsApi,
  roomsContract,
  ServerPayload,
  searchApi,
  threadsApi,
  usersApi,
} from '@parley/contracts';

// The types of the contracts that are visible in this library's own types, and no others. The
// published declarations contain them written out, so that users do not need Zod.

export type AccountChange = ContractAccountChange;
export type Bookmark = ContractBookmark;
export type Draft = ContractDraft;
export type Message = ContractMessage;
export type Notification = ContractNotification;
export type NotificationSettings = ContractNotificationSettings;
export type Profile = ContractProfile;
export type RoomSettings = ContractRoomSettings;
export type RoomView = ContractRoomView;
export type SearchHit = ContractSearchHit;
export type Thread = ContractThread;
export type ThreadSummary = ContractThreadSummary;

export type CommandAnsweredEvent = ServerPayload<'command_answered'>;
export type AddedEvent = ServerPayload<'room_added'>;
export type PresentUser = ServerPayload<'room_users'>['users'][number];
export type ReadEvent = ServerPayload<'messages_read'>;
export type ReceivedMessage = ServerPayload<'receive_message'>;
export type RoomPresenceEvent = ServerPayload<'room_presence'>;
export type StatusEvent = ServerPayload<'user_status'>;
export type ThreadReadEvent = ServerPayload<'thread_read'>;
export type TypingEvent = ServerPayload<'user_typing'>;
export type UpdatedEvent = ServerPayload<'room_updated'>;

type Apis = typeof accountApi &
  typeof apiKeysApi &
  typeof authApi &
  typeof bansApi &
  typeof blocksApi &
  typeof botsApi &
  typeof contactsApi &
  typeof friendRequestsApi &
  typeof hooksApi &
  typeof incomingHooksApi &
  typeof commandsApi &
  typeof messagesApi &
  typeof notificationsApi &
  typeof organizationsApi &
  typeof pinsApi &
  typeof roomInvitesApi &
  typeof roomsApi & { roomsMarkRead: typeof roomsContract.markRoomRead } & typeof searchApi &
  typeof threadsApi &
  typeof usersApi;

interface AnyOperation {
  method: string;
  path: string;
  params?: unknown;
  query?: unknown;
  body?: unknown;
  response?: unknown;
}
interface Schema {
  _zod: { input: unknown; output: unknown };
}
/** Nothing is `unknown`, which vanishes in an intersection. */
type Some<T> = [Exclude<T, undefined>] extends [never] ? unknown : Exclude<T, undefined>;
type Given<S> = NonNullable<S> extends Schema ? Some<NonNullable<S>['_zod']['input']> : unknown;
type Taken<S> = NonNullable<S> extends Schema ? Some<NonNullable<S>['_zod']['output']> : unknown;
/** A query is text to the server, so its values have the types that the server converts it to. */
type Query<S> = { [Name in keyof Given<S>]: Name extends keyof Taken<S> ? Taken<S>[Name] : never };
/** Nothing, for an operation without a response body. */
type Answer<S> = NonNullable<S> extends Schema ? NonNullable<S>['_zod']['output'] : never;

/** The operations of `/api/v1` by their id in `/openapi.json`. */
export type Operations = {
  [Id in Exclude<keyof Apis, 'getJwks'> as Apis[Id] extends AnyOperation
    ? Id
    : never]: Apis[Id] extends AnyOperation
    ? {
        /** The parameters of the path, the query and the body in one object. */
        input: Given<Apis[Id]['params']> & Query<Apis[Id]['query']> & Given<Apis[Id]['body']>;
        output: Answer<Apis[Id]['response']>;
      }
    : never;
};

/** Whom a message mentions: users by id, or all members of the room. */
export type Mentions = NonNullable<Operations['sendMessage']['input']['mentions']>;

/** The criteria of a search for messages. */
export type SearchQuestion = Omit<Operations['searchMessages']['input'], 'cursor'>;
