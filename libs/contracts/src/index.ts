export {
  type Call,
  type CallInput,
  type CallOutput,
  type CallQuestion,
  calls,
} from './bus/calls.ts';
export type { Envelope } from './bus/envelope.ts';
export {
  type EventData,
  type EventOf,
  type EventType,
  events,
  makeEvent,
  parseEvent,
  retiredEvents,
  routeOf,
} from './bus/events.ts';
export {
  type Membership,
  type RoomState,
  refusalFor,
} from './bus/membership.ts';
export type {
  Change,
  ChangedBatch,
  ChangeOf,
  Head,
  MissedChanges,
  MissedPeriod,
  NumberedChange,
  QuietHead,
  Submission,
  SubmissionOf,
  SubmissionReply,
  SubmissionResult,
  SubmittedBatch,
  WriteConditions,
} from './bus/timeline.ts';
export {
  type GroupOf,
  partitionCount,
  partitionOf,
  roomShares,
  shareOf,
  type Topic,
  timelinePartitionOf,
  topics,
} from './bus/topics.ts';
export { carriesTracesOfItems, tracesOf } from './bus/traces.ts';
export {
  toConversationMessage,
  toConversationNotification,
  toConversationUser,
} from './client-contracts/conversations.ts';
export { requireOwnId } from './client-contracts/own-id.ts';
export {
  decodeCursor,
  decodeInboxCursor,
  decodeMoment,
  encodeCursor,
  encodeInboxCursor,
  type Moment,
  momentOf,
  type PagePosition,
  pageOf,
} from './cursors.ts';
export {
  mayName,
  requireAccount,
  requireConnectionGranted,
  requireEventGranted,
  requireOperationGranted,
  requireRoomsGranted,
} from './grants.ts';
export type { SessionTokens } from './rest/auth.ts';
export type { RoomBan } from './rest/bans.ts';
export type { Bot } from './rest/bots.ts';
export type { Conversation } from './rest/client-contracts/conversations-data.ts';
export type { BeforeMessage, DirectMessage } from './rest/client-contracts/direct.ts';
export type { GroupsGroup, GroupsMember, GroupsMessage, GroupsUser } from './rest/client-contracts/groups.ts';
export type { OrganizationsChatRoom } from './rest/client-contracts/organizations.ts';
export type { SharedTokens } from './rest/client-contracts/shared-auth.ts';
export type { HookCommand } from './rest/commands.ts';
export type { FriendRequest } from './rest/friend-requests.ts';
export type { IncomingHook, IncomingMessage } from './rest/incoming-hooks.ts';
export {
  accountApi,
  allOperations,
  apiKeysApi,
  authApi,
  bansApi,
  blocksApi,
  botsApi,
  commandsApi,
  contactsApi,
  conversationsContract,
  directContract,
  friendRequestsApi,
  friendshipsContract,
  groupsContract,
  hooksApi,
  incomingHooksApi,
  messagesApi,
  notificationsApi,
  organizationsApi,
  organizationsContract,
  pinsApi,
  roomInvitesApi,
  roomsApi,
  roomsContract,
  searchApi,
  sharedAuth,
  threadsApi,
  usersApi,
} from './rest/index.ts';
export { openApiDocument, openApiPath } from './rest/openapi.ts';
export {
  isCanonical,
  type Operation,
  operation,
  type ServiceName,
  statusOf,
} from './rest/operation.ts';
export type { RoomInvite } from './rest/room-invites.ts';
export type { RoomView } from './rest/rooms.ts';
export type { SearchHit } from './rest/search.ts';
export { serviceFor, webClientPaths } from './routing.ts';
export {
  type AccountChange,
  type AccountCursor,
  type Bookmark,
  type Draft,
  defaultNotificationSettings,
  defaultRoomSettings,
  maxBookmarks,
  maxDrafts,
  type NotificationLevel,
  type NotificationSettings,
  type QuietHours,
  type RoomSettings,
  type SyncedAccount,
} from './schemas/account.ts';
export type { ApiKey } from './schemas/api-key.ts';
export { type ClientContract, clientContract } from './schemas/client-contract.ts';
export type { CommandAnswer } from './schemas/command.ts';
export { id } from './schemas/common.ts';
export { type DigestQuery, digestRange, type RoomDigest } from './schemas/digest.ts';
export type {
  Hook,
  HookDelivery,
  HookEvent,
  HookLag,
  HookPayload,
  HookState,
} from './schemas/hook.ts';
export {
  type Mention,
  type MentionRequest,
  maxMentionedUsers,
  type RoomMention,
  type RoomMentions,
} from './schemas/mention.ts';
export type {
  DeliveryPosition,
  Message,
  MessageStatus,
  ReactionCount,
  ReadPosition,
} from './schemas/message.ts';
export type { Notification } from './schemas/notification.ts';
export {
  type Member,
  type MemberRole,
  maxEventPictureLength,
  type RoomKind,
  roomName,
} from './schemas/room.ts';
export { allScopes, type Grant, type Scope, scope } from './schemas/scope.ts';
export {
  type GainedRoom,
  type MemberPosition,
  maxSyncedRooms,
  type SyncAnswer,
  type SyncChange,
  type SyncedRoom,
  type SyncQuestion,
  syncUnits,
} from './schemas/sync.ts';
export {
  maxParticipants,
  type Thread,
  type ThreadPosition,
  type ThreadSummary,
} from './schemas/thread.ts';
export {
  type Caller,
  defaultPasswordLength,
  erasedName,
  type JoinPolicy,
  joinPolicy,
  minPasswordLength,
  type OrganizationRole,
  organizationRole,
  type Profile,
  type ProfileChanges,
  type UserName,
  username,
} from './schemas/user.ts';
export {
  type ClientEvent,
  type ClientPayload,
  clientEvents,
  type ServerEvent,
  type ServerPayload,
  serverEvents,
} from './socket/canonical.ts';
export {
  type CloseReason,
  type CloseReasonRow,
  closeReasons,
} from './socket/close-reasons.ts';
export { eventScopes } from './socket/event-scopes.ts';
