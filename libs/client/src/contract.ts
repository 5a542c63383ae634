import type {
  authApi,
  bansApi,
  blocksApi,
  Message as ContractMessage,
  Notification as ContractNotification,
  Profile as ContractProfile,
  RoomView as ContractRoomView,
  contactsApi,
  friendRequestsApi,
  messagesApi,
  notificationsApi,
  organizationsApi,
  roomInvitesApi,
  roomsApi,
  roomsContract,
  ServerPayload,
  usersApi,
} from '@parley/contracts';

// The types of the contracts that are visible in this library's own types, and no others. The
// published declarations contain them written out, so that users do not need Zod.

export type Message = ContractMessage;
export type Notification = ContractNotification;
export type Profile = ContractProfile;
export type RoomView = ContractRoomView;

export type AddedEvent = ServerPayload<'room_added'>;
export type PresentUser = ServerPayload<'room_users'>['users'][number];
export type ReadEvent = ServerPayload<'messages_read'>;
export type ReceivedMessage = ServerPayload<'receive_message'>;
export type StatusEvent = ServerPayload<'user_status'>;
export type TypingEvent = ServerPayload<'user_typing'>;
export type UpdatedEvent = ServerPayload<'room_updated'>;

type Apis = typeof authApi &
  typeof bansApi &
  typeof blocksApi &
  typeof contactsApi &
  typeof friendRequestsApi &
  typeof messagesApi &
  typeof notificationsApi &
  typeof organizationsApi &
  typeof roomInvitesApi &
  typeof roomsApi & { roomsMarkRead: typeof roomsContract.markRoomRead } & typeof usersApi;

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
