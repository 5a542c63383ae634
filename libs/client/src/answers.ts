import type { Operations } from './contract.ts';

export type SessionAnswer = Operations['logIn']['output'];
export type Registration = Operations['register']['input'];
export type Login = Operations['logIn']['input'];
export type NewRoom = Operations['createRoom']['input'];
export type RoomPage = Operations['listRooms']['output'];
export type PeoplePage = Operations['listUsers']['output'];
export type HistoryPage = Operations['getHistory']['output'];
export type SyncAnswer = Operations['sync']['output'];
export type SyncedAccount = NonNullable<SyncAnswer['account']>;
export type SyncedRoom = SyncAnswer['rooms'][number];
export type RoomCursor = Operations['sync']['input']['rooms'][number];
export type RoomDigest = Operations['getDigest']['output'];
