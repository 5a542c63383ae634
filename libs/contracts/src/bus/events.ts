import { z } from 'zod';
import { accountChange } from '../schemas/account.ts';
import { commandAnswer } from '../schemas/command.ts';
import { id, time } from '../schemas/common.ts';
import { notification } from '../schemas/notification.ts';
import { roomDetails } from '../schemas/room.ts';
import { botOwner, isBot, organizationRole } from '../schemas/user.ts';
import type { Envelope } from './envelope.ts';
import { membership, roomState } from './membership.ts';
import type { ChangedBatch, MissedChanges, SubmittedBatch } from './timeline.ts';
import type { Topic } from './topics.ts';

interface EventDefinition<T extends Topic, S extends z.ZodType> {
  topic: T;
  version: number;
  schema: S;
  /** The partition key. Events with the same key keep their order. */
  key: (data: z.output<S>) => string;
}

const event = <T extends Topic, S extends z.ZodType>(
  topic: T,
  schema: S,
  key: (data: z.output<S>) => string,
): EventDefinition<T, S> => ({
  topic,
  version: 1,
  schema,
  key,
});

/** `isBot` is absent from older releases. */
const person = z.object({ userId: id, username: z.string(), isBot });
const friendRequest = z.object({ id, from: person, to: person });
/**
 * False: the text may be out of date when it is emitted; `getLiveNotifications` returns the current
 * one. Absent from older releases, which do not answer that call.
 */
const checked = z.literal(false).optional();
const byRoom = (data: { roomId: string }) => data.roomId;
const byUser = (data: { userId: string }) => data.userId;

/**
 * Every event of the bus with its topic, key and data. Names are in the past tense. Something
 * publishes it and something consumes it, or the house rules fail; a removed type moves to
 * `retiredEvents`.
 */
export const events = {
  // auth
  'user.registered': event(
    'auth',
    person.extend({
      name: z.string(),
      organizationId: id.nullable(),
      organizationRole: organizationRole.nullable(),
      createdAt: time,
      owner: botOwner.optional(),
    }),
    byUser,
  ),
  /** An integrator, who manages the user, has given it another name. */
  'user.renamed': event('auth', z.object({ userId: id, name: z.string() }), byUser),
  'user.organization_changed': event(
    'auth',
    z.object({
      userId: id,
      organizationId: id.nullable(),
      organizationRole: organizationRole.nullable(),
    }),
    byUser,
  ),
  /** The session's tokens are invalid from now on. `until`: the expiry of the last one. */
  'session.revoked': event(
    'auth',
    z.object({
      userId: id,
      sessionId: id,
      reason: z.enum(['logout', 'revoked', 'password_changed', 'token_reused', 'organization_left']),
      until: time,
    }),
    byUser,
  ),
  /**
   * The identity is gone for good. Published again when an operator repeats the request; consumers
   * that have handled it find nothing left to do.
   */
  'user.erased': event('auth', z.object({ userId: id }), byUser),
  /** The password was changed by somebody who did not have to know the current one. */
  'user.password_replaced': event('notices', z.object({ userId: id }), byUser),
  'signing_key.rotated': event('auth', z.object({ kid: z.string() }), (data) => data.kid),

  // every edge
  /** A key is about to do something: an operation or a socket event. `userId`: for that user. */
  'key.acted': event(
    'keys',
    z.object({
      keyId: id,
      userId: id.nullable(),
      action: z.string(),
      roomId: id.nullable(),
      requestId: z.string(),
    }),
    (data) => data.keyId,
  ),

  // directory
  'room.created': event(
    'directory',
    z.object({ room: roomState, members: z.array(membership) }),
    (data) => data.room.id,
  ),
  /** `details` are absent from older releases. */
  'room.updated': event(
    'directory',
    z.object({ room: roomState, details: roomDetails.optional() }),
    (data) => data.room.id,
  ),
  'room.deleted': event('directory', z.object({ roomId: id, by: id }), byRoom),
  /** `addedBy` is null when the member joined by themselves. */
  'member.joined': event(
    'directory',
    z.object({
      roomId: id,
      room: roomState,
      membership,
      addedBy: person.nullable(),
    }),
    byRoom,
  ),
  'member.updated': event('directory', z.object({ roomId: id, membership }), byRoom),
  'member.left': event(
    'directory',
    z.object({
      roomId: id,
      userId: id,
      username: z.string(),
      isBot,
      version: z.number().int(),
      reason: z.enum(['left', 'removed']),
    }),
    byRoom,
  ),
  /**
   * The profile is gone, with its contacts, requests, blocks and memberships; an event for each
   * membership came before. Consumers delete what they keep of that person or show it under
   * `erasedName`.
   */
  'profile.erased': event('directory', z.object({ userId: id }), byUser),
  /** From now on, neither learns when the other is online, types, or reads. */
  'user.blocked': event('directory', z.object({ userId: id, blockedId: id }), byUser),
  'user.unblocked': event('directory', z.object({ userId: id, blockedId: id }), byUser),
  'friend_request.created': event('directory', friendRequest, (data) => data.to.userId),
  'friend_request.accepted': event('directory', friendRequest, (data) => data.to.userId),
  'friend_request.withdrawn': event('directory', friendRequest, (data) => data.to.userId),

  // messages
  /** A user has changed something of their account. Their other devices receive it. */
  'account.changed': event('account', z.object({ userId: id, change: accountChange }), byUser),
  /** The account is empty for good: nothing of it follows. */
  'account.erased': event('account', z.object({ userId: id }), byUser),

  // notifications
  /** A new row, or an unread row with another message. */
  'notification.created': event('notifications', z.object({ userId: id, notification, checked }), byUser),
  /** A row with another text or count, or one that was read. */
  'notification.updated': event('notifications', z.object({ userId: id, notification, checked }), byUser),
  /** The row no longer exists: deleted, withdrawn, or without any message. */
  'notification.removed': event('notifications', z.object({ userId: id, notificationId: id }), byUser),

  // hooks
  /** The answer to a command for its user alone. It is stored nowhere. */
  'command.answered': event('notifications', z.object({ userId: id, answer: commandAnswer }), byUser),

  // The hot path: one event carries many rooms of one partition, so the publisher chooses the
  // partition.
  'timeline.submitted': event('submissions', z.custom<SubmittedBatch>(), () => ''),
  'timeline.changed': event('timeline', z.custom<ChangedBatch>(), () => ''),

  'changes.missed': event('backplane', z.custom<MissedChanges>(), () => ''),
} as const;

/**
 * Types of earlier releases that an outbox may still hold after an upgrade. It deletes them
 * unpublished.
 */
export const retiredEvents: readonly string[] = ['contact.added', 'contact.removed'];

export type EventType = keyof typeof events;
export type EventData<T extends EventType> = z.output<(typeof events)[T]['schema']>;
export type EventOf<T extends EventType> = {
  [K in T]: Envelope<K, EventData<K>>;
}[T];

/**
 * Creates an event. Its data is typed and comes from our own code, so only consumers parse it
 * (`parseEvent`).
 */
export function makeEvent<T extends EventType>(
  type: T,
  data: EventData<T>,
  at: { id: string; now: number; trace?: string | undefined },
): EventOf<T> {
  const envelope: Envelope<T, EventData<T>> = {
    id: at.id,
    type,
    version: events[type].version,
    time: new Date(at.now).toISOString(),
    trace: at.trace,
    data,
  };
  return envelope as EventOf<T>;
}

/** The topic and key of an event. Not for the two events of the hot path. */
export function routeOf(event: EventOf<EventType>): { topic: Topic; key: string } {
  const { topic, key } = events[event.type];
  return { topic, key: (key as (data: unknown) => string)(event.data) };
}

/**
 * Validates an event from the bus. Returns undefined for an unknown type, so that a newer publisher
 * does not stop an older consumer.
 * @throws ZodError when the data is invalid; the event then becomes a dead letter
 */
export function parseEvent(envelope: Envelope): EventOf<EventType> | undefined {
  if (!Object.hasOwn(events, envelope.type)) return undefined;
  const type = envelope.type as EventType;
  return {
    ...envelope,
    type,
    data: events[type].schema.parse(envelope.data),
  } as EventOf<EventType>;
}
