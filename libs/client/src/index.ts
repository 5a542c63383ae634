export type {
  HistoryPage,
  Login,
  NewRoom,
  PeoplePage,
  Registration,
  RoomPage,
  SessionAnswer,
  SyncAnswer,
} from './answers.ts';
export type { Api } from './api.ts';
export { type ClientOptions, createClient, ParleyClient } from './client.ts';
export type {
  AddedEvent,
  Message,
  Notification,
  Operations,
  PresentUser,
  Profile,
  ReadEvent,
  RoomView,
  StatusEvent,
  TypingEvent,
  UpdatedEvent,
} from './contract.ts';
export type {
  ConnectionEvent,
  DeletedEvent,
  EditedEvent,
  JoinedEvent,
  LeftEvent,
  MessageEvent,
  ReactionEvent,
  SessionEvents,
  StopReason,
} from './events.ts';
export { ParleyError } from './parley-error.ts';
export type { PendingEvent, PendingMessage, PendingStorage, SendOptions, Sent } from './sending.ts';
export { Session } from './session.ts';
export { MemoryStorage, type TokenStorage, type Tokens } from './tokens.ts';
export { WebStorage } from './web-storage.ts';
