import type { authApi, messagesApi, roomsApi, usersApi } from '@parley/contracts';

/** The response and body types of the contract's operations. Types only, so no schema is loaded. */
type Answer<O extends { response?: unknown }> =
  NonNullable<O['response']> extends { _zod: { output: infer T } } ? T : never;
type Body<O extends { body?: unknown }> =
  NonNullable<O['body']> extends { _zod: { input: infer T } } ? T : never;

export type SessionAnswer = Answer<typeof authApi.logIn>;
export type Registration = Body<typeof authApi.register>;
export type Login = Body<typeof authApi.logIn>;
export type NewRoom = Body<typeof roomsApi.createRoom>;
export type RoomPage = Answer<typeof roomsApi.listRooms>;
export type PeoplePage = Answer<typeof usersApi.listUsers>;
export type HistoryPage = Answer<typeof messagesApi.getHistory>;
export type SyncAnswer = Answer<typeof messagesApi.sync>;
export type SyncedRoom = SyncAnswer['rooms'][number];
export type RoomCursor = Body<typeof messagesApi.sync>['rooms'][number];
