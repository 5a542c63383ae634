export {
  type Call,
  type CallInput,
  type CallOutput,
  type CallQuestion,
  calls,
} from './bus/calls.ts';
export { type Envelope, envelopeSchema } from './bus/envelope.ts';
export {
  type EventData,
  type EventOf,
  type EventType,
  type EventTypeOf,
  events,
  makeEvent,
  parseEvent,
  retiredEvents,
  routeOf,
} from './bus/events.ts';
export {
  type Membership,
  membership,
  type RoomState,
  refusalFor,
  roomState,
} from './bus/membership.ts';
export type {
  Author,
  Change,
  ChangedBatch,
  ChangeOf,
  NumberedChange,
  Submission,
  SubmissionOf,
  SubmissionReply,
  SubmissionResult,
  SubmittedBatch,
} from './bus/timeline.ts';
export {
  defaultTimelinePartitions,
  type GroupOf,
  partitionCount,
  partitionOf,
  type Topic,
  topics,
} from './bus/topics.ts';
export { carriesTracesOfItems, tracesOf } from './bus/traces.ts';
export {
  toConversationMessage,
  toConversationNotification,
  toConversationUser,
} from './client-contracts/conversations.ts';
export { ownId, requireOwnId } from './client-contracts/own-id.ts';
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
export type { SessionTokens } from './rest/auth.ts';
export type { RoomBan } from './rest/bans.ts';
export type { Conversation, ConversationParticipant } from './rest/client-contracts/conversations-data.ts';
export type { BeforeMessage, DirectMessage } from './rest/client-contracts/direct.ts';
export type { GroupsGroup, GroupsMember, GroupsMessage, GroupsUser } from './rest/client-contracts/groups.ts';
export type { OrganizationsChatRoom } from './rest/client-contracts/organizations.ts';
export type { SharedTokens } from './rest/client-contracts/shared-auth.ts';
export type { FriendRequest } from './rest/friend-requests.ts';
export {
  allOperations,
  authApi,
  bansApi,
  blocksApi,
  contactsApi,
  conversationsContract,
  directContract,
  friendRequestsApi,
  friendshipsContract,
  groupsContract,
  messagesApi,
  notificationsApi,
  organizationsApi,
  organizationsContract,
  roomInvitesApi,
  roomsApi,
  roomsContract,
  sharedAuth,
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
export {
  type Pasted,
  pasteInto,
  type WalkthroughStep,
  walkthrough,
  walkthroughStep,
} from './rest/walkthrough.ts';
export { serviceFor } from './routing.ts';
export { type ClientContract, clientContract } from './schemas/client-contract.ts';
export {
  freeText,
  id,
  optionalText,
  pageLimit,
  queryFlag,
  seq,
  shownName,
  text,
  time,
} from './schemas/common.ts';
export {
  clientId,
  content,
  type DeliveryPosition,
  type Message,
  type MessageStatus,
  maxContentLength,
  message,
  messageStatus,
  type ReactionCount,
  type ReadPosition,
  reaction,
  readPosition,
} from './schemas/message.ts';
export {
  type Notification,
  notification,
  notificationType,
} from './schemas/notification.ts';
export {
  type Member,
  type MemberRole,
  member,
  memberRole,
  type Room,
  type RoomKind,
  room,
  roomKind,
  roomName,
} from './schemas/room.ts';
export {
  type GainedRoom,
  type MemberPosition,
  maxSyncedRooms,
  type SyncAnswer,
  type SyncChange,
  type SyncedRoom,
  type SyncQuestion,
} from './schemas/sync.ts';
export {
  type Caller,
  email,
  erasedName,
  type JoinPolicy,
  joinPolicy,
  minPasswordLength,
  type OrganizationRole,
  organizationName,
  organizationRole,
  type Profile,
  type ProfileChanges,
  password,
  profile,
  profileChanges,
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
  type CloseAdvice,
  type CloseReason,
  type CloseReasonRow,
  closeReasons,
} from './socket/close-reasons.ts';
