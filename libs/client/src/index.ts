export type {
  HistoryPage,
  Login,
  NewRoom,
  PeoplePage,
  Registration,
  RoomDigest,
  RoomPage,
  SessionAnswer,
  SyncAnswer,
} from './answers.ts';
export type { Api } from './api.ts';
export { Bot, type BotOptions, createBot, type MessageHandler } from './bot.ts';
export { createClient, ParleyClient } from './client.ts';
export type { ClientOptions } from './client-options.ts';
export type {
  AddedEvent,
  Bookmark,
  Draft,
  Mentions,
  Message,
  Notification,
  NotificationSettings,
  Operations,
  PresentUser,
  Profile,
  ReadEvent,
  RoomPresenceEvent,
  RoomSettings,
  RoomView,
  SearchHit,
  SearchQuestion,
  StatusEvent,
  Thread,
  ThreadReadEvent,
  ThreadSummary,
  TypingEvent,
  UpdatedEvent,
} from './contract.ts';
export type { MessageCopy, MessageNumbers, SeqRange } from './copy-check.ts';
export { erasedName } from './erased-name.ts';
export type {
  ConnectionEvent,
  DeletedEvent,
  EditedEvent,
  JoinedEvent,
  LeftEvent,
  MessageEvent,
  PinnedEvent,
  ReactionEvent,
  SessionEvents,
  StopReason,
} from './events.ts';
export { type Account, type DraftOutcome, followAccount } from './follow-account.ts';
export { ParleyError } from './parley-error.ts';
export type {
  MessageOptions,
  PendingEvent,
  PendingMessage,
  PendingStorage,
  SendOptions,
  Sent,
  WriteConditions,
} from './sending.ts';
export { Session } from './session.ts';
export { MemoryStorage, type TokenStorage, type Tokens } from './tokens.ts';
export { type Verified, type VerifyOptions, verifyCopy } from './verify-copy.ts';
export { WebStorage } from './web-storage.ts';
