import { z } from 'zod';
import { id, time } from '../schemas/common.ts';
import { notification } from '../schemas/notification.ts';
import { organizationRole } from '../schemas/user.ts';
import type { Envelope } from './envelope.ts';
import { membership, roomState } from './membership.ts';
import type { ChangedBatch, SubmittedBatch } from './timeline.ts';
import type { Topic } from './topics.ts';

interface EventDefinition<T extends Topic, S extends z.ZodType> {
  topic: T;
  version: number;
  schema: S;
  /** What keeps its order: the partition key. */
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

const person = z.object({ userId: id, username: z.string() });
const friendRequest = z.object({ id, from: person, to: person });
const byRoom = (data: { roomId: string }) => data.roomId;
const byUser = (data: { userId: string }) => data.userId;

/** Every event of the bus: its topic, its key, its data. Names are in the past tense. */
export const events = {
  // auth
  'user.registered': event(
    'auth',
    person.extend({
      name: z.string(),
      organizationId: id.nullable(),
      organizationRole: organizationRole.nullable(),
      createdAt: time,
    }),
    byUser,
  ),
  'user.organization_changed': event(
    'auth',
    z.object({
      userId: id,
      organizationId: id.nullable(),
      organizationRole: organizationRole.nullable(),
    }),
    byUser,
  ),
  /** That session's tokens are worthless from now on. `until`: when the last of them would have expired anyway. */
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
  /** That identity is gone for good. Told again when an operator asks for it again: who has done it finds nothing left to do. */
  'user.erased': event('auth', z.object({ userId: id }), byUser),
  'signing_key.rotated': event('auth', z.object({ kid: z.string() }), (data) => data.kid),

  // directory
  'room.created': event(
    'directory',
    z.object({ room: roomState, members: z.array(membership) }),
    (data) => data.room.id,
  ),
  'room.updated': event('directory', z.object({ room: roomState }), (data) => data.room.id),
  'room.deleted': event('directory', z.object({ roomId: id, by: id }), byRoom),
  /** `addedBy` is null when the member came by themselves. */
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
      version: z.number().int(),
      reason: z.enum(['left', 'removed']),
    }),
    byRoom,
  ),
  /**
   * The profile is gone, with the contacts, requests and blocks from it and to it, and its memberships, each of which was told before. Whoever keeps something of that
   * person's keeps it no longer, or under `erasedName`.
   */
  'profile.erased': event('directory', z.object({ userId: id }), byUser),
  'contact.added': event('directory', z.object({ userId: id, contactId: id }), byUser),
  'contact.removed': event('directory', z.object({ userId: id, contactId: id }), byUser),
  'friend_request.created': event('directory', friendRequest, (data) => data.to.userId),
  'friend_request.accepted': event('directory', friendRequest, (data) => data.to.userId),
  'friend_request.withdrawn': event('directory', friendRequest, (data) => data.to.userId),
  'user.blocked': event('directory', z.object({ userId: id, blockedId: id }), byUser),
  'user.unblocked': event('directory', z.object({ userId: id, blockedId: id }), byUser),

  // notifications
  'notification.created': event('notifications', z.object({ userId: id, notification }), byUser),

  // the hot path: many rooms of one partition in one event, so the publisher names the partition
  'timeline.submitted': event('submissions', z.custom<SubmittedBatch>(), () => ''),
  'timeline.changed': event('timeline', z.custom<ChangedBatch>(), () => ''),
} as const;

export type EventType = keyof typeof events;
export type EventData<T extends EventType> = z.output<(typeof events)[T]['schema']>;
export type EventOf<T extends EventType> = {
  [K in T]: Envelope<K, EventData<K>>;
}[T];
export type EventTypeOf<T extends Topic> = {
  [K in EventType]: (typeof events)[K]['topic'] extends T ? K : never;
}[EventType];

/** A new event. Its data is ours and typed, so it is not parsed here; consumers do (`parseEvent`). */
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

/** Where an event goes: what shares a key keeps its order. Not for the hot path's two. */
export function routeOf(event: EventOf<EventType>): { topic: Topic; key: string } {
  const { topic, key } = events[event.type];
  return { topic, key: (key as (data: unknown) => string)(event.data) };
}

/**
 * Checks an event that came over the bus. An unknown type answers undefined, so that a newer publisher does not stop an older consumer.
 * @throws ZodError when the data does not fit: for the dead letters.
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
