import { MemoryBackplane } from '@parley/backplane';
import { answer } from '@parley/bus';
import {
  type Change,
  calls,
  type Envelope,
  type EventData,
  type EventOf,
  type EventType,
  type Membership,
  type Message,
  type MissedPeriod,
  makeEvent,
  type Notification,
  type RoomState,
  routeOf,
  type Topic,
} from '@parley/contracts';
import { connectDatabase } from '@parley/database';
import { newId } from '@parley/runtime';
import { createTestAuth, createTestDatabase, eventually } from '@parley/testkit';
import { bootService, memoryBus } from '@parley/testkit/boot-service';
import { expect } from 'vitest';
import type { InboxMessage } from '../src/inbox-publisher.ts';
import { createService, notificationsConfig } from '../src/service.ts';

export interface Person {
  userId: string;
  username: string;
}

export interface TestRoom {
  room: RoomState;
  people: Person[];
  /** The `seq` of its latest change. */
  seq: number;
}

/** An event for a user's connections. */
export type LiveEvent =
  | {
      type: 'notification.created' | 'notification.updated';
      data: { userId: string; notification: Notification };
    }
  | { type: 'notification.removed'; data: { userId: string; notificationId: string } };

const toLive = (userId: string, { event, data }: InboxMessage): LiveEvent =>
  event === 'notification_removed'
    ? { type: 'notification.removed', data: { userId, notificationId: data.id } }
    : {
        type: event === 'notification' ? 'notification.created' : 'notification.updated',
        data: { userId, notification: data },
      };

export type Inbox = { notifications: Notification[]; nextCursor: string | null; total?: number };

export const person = (username: string): Person => ({ userId: newId(), username });

/**
 * The service as production composes it, on a real database; the test acts as the directory and the
 * messages service.
 */
export async function startNotifications() {
  const bus = memoryBus();
  const database = await createTestDatabase();
  const auth = await createTestAuth(bus);
  const rooms = new Map<string, TestRoom>();
  const asked: string[] = [];
  await answer(bus, calls.getMemberships, async ({ roomId }) => {
    asked.push(roomId);
    return { room: rooms.get(roomId)?.room ?? null, members: [] };
  });
  await answer(bus, calls.getRoomMembers, async ({ roomId }) => {
    const found = rooms.get(roomId);
    return { members: found ? found.people.map((one, index) => membership(found, one, index + 1)) : [] };
  });
  const blocks = new Set<string>();
  await answer(bus, calls.getBlocks, async ({ pairs }) => ({
    pairs: pairs.filter(([a, b]) => blocks.has(a + b) || blocks.has(b + a)),
  }));
  const messages = new Map<string, Message>();
  await answer(bus, calls.getMessages, async ({ messages: asked }) => ({
    messages: asked.flatMap(({ roomId, seq }) => messages.get(`${roomId} ${seq}`) ?? []),
  }));
  const erased = new Set<string>();
  await answer(bus, calls.getIdentity, async ({ userId }) =>
    erased.has(userId)
      ? null
      : {
          userId,
          username: 'someone',
          name: '',
          organizationId: null,
          organizationRole: null,
          createdAt: new Date().toISOString(),
        },
  );
  const live: LiveEvent[] = [];
  const backplane = new MemoryBackplane();
  backplane.onMessage(([key = ''], message) => {
    if ('event' in message) live.push(toLive(key.slice('user:'.length), message as InboxMessage));
  });
  await bus.consume('notifications', 'gateway', async () => undefined);
  // Other consumer groups: the bus confirms a publication only when all of them have the event.
  await bus.consume('directory', 'messages', async () => undefined);
  const service = await bootService(
    { config: notificationsConfig, createService },
    { env: { DATABASE_URL: database.url }, bus, backplane },
  );

  const membership = (
    { room }: TestRoom,
    { userId, username }: Person,
    version: number,
    role: Membership['role'] = 'member',
  ) => {
    const value: Membership = { roomId: room.id, userId, username, role, canSend: true, version };
    return value;
  };

  const sent: { topic: Topic; partition: number; event: Envelope }[] = [];
  const db = connectDatabase({ url: database.url, schema: 'notifications', pool: 1 });
  /** Resolves when all published events have been handled, and live clients have the changes. */
  const settled = () =>
    eventually(async () => {
      expect(Object.values(await bus.depths()).filter((depth) => depth > 0)).toEqual([]);
      expect(await db('hints').select('id')).toEqual([]);
    });

  const put = async (topic: Topic, partition: number, event: Envelope) => {
    sent.push({ topic, partition, event });
    await bus.publish(topic, partition, event);
    await settled();
  };

  const publish = async <T extends EventType>(type: T, data: EventData<T>, eventId = newId()) => {
    const event = makeEvent(type, data, { id: eventId, now: Date.now() }) as EventOf<EventType>;
    const { topic, key } = routeOf(event);
    await put(topic, bus.partitionOf(topic, key), event);
    return eventId;
  };

  const store = (changes: readonly Change[]) => {
    for (const change of changes)
      if ('message' in change) messages.set(`${change.roomId} ${change.message.seq}`, change.message);
  };

  /** Publishes changes as the rooms' writer does; resolves when the inboxes have them. */
  const change = async (changes: Change[]) => {
    store(changes);
    const partition = bus.partitionOf('timeline', changes[0]?.roomId ?? '');
    await put(
      'timeline',
      partition,
      makeEvent('timeline.changed', { changes }, { id: newId(), now: Date.now() }),
    );
  };

  const written = (
    into: TestRoom,
    by: Person,
    content: string,
    more: Partial<Message> = {},
  ): Change & { message: Message } => {
    into.seq += 1;
    const message: Message = {
      id: newId(),
      roomId: into.room.id,
      seq: into.seq,
      changedSeq: into.seq,
      ...by,
      content,
      clientId: null,
      replyTo: null,
      isEncrypted: false,
      reactions: [],
      createdAt: new Date().toISOString(),
      editedAt: null,
      deletedAt: null,
      ...more,
    };
    return { kind: 'message.created', roomId: into.room.id, seq: message.seq, message };
  };

  const call = (who: Person, method: string, path: string) =>
    service.call(method, `/api/v1/notifications${path}`, { token: auth.token(who) });

  return {
    bus,
    databaseUrl: database.url,
    /** Pairs of user ids, written together. */
    blocks,
    /** All events published so far, in order. */
    sent,
    asked,
    /** Users that auth no longer knows. */
    erased,
    /** Events for connected clients; of them, the new notifications. */
    live,
    get notified(): Notification[] {
      return live.flatMap((event) =>
        event.type === 'notification.created' ? [event.data.notification] : [],
      );
    },
    /** The messages as the messages service has them, ahead of the events of `change`. */
    store,
    settled,
    publish,
    change,
    written,
    membership,
    call,
    /** Creates a room; `announce: false`: the service has to ask the directory. */
    room: async (
      people: Person[],
      options: { kind?: RoomState['kind']; name?: string; announce?: boolean } = {},
    ): Promise<TestRoom> => {
      const { kind = 'channel', name = 'a room', announce = true } = options;
      const state: RoomState = {
        id: newId(),
        kind,
        name: kind === 'direct' ? null : name,
        isPrivate: true,
        organizationId: null,
      };
      const made: TestRoom = { room: state, people, seq: people.length };
      rooms.set(state.id, made);
      const members = people.map((one, index) =>
        membership(made, one, index + 1, index === 0 ? 'owner' : 'member'),
      );
      if (announce) await publish('room.created', { room: state, members });
      return made;
    },
    send: async (into: TestRoom, by: Person, content: string, more?: Partial<Message>) => {
      const sent = written(into, by, content, more);
      await change([sent]);
      return sent;
    },
    /** Publishes missed periods of one room as a gateway does. */
    miss: (missed: MissedPeriod[]) =>
      put(
        'timeline',
        bus.partitionOf('timeline', missed[0]?.roomId ?? ''),
        makeEvent('timeline.changed', { changes: [], missed }, { id: newId(), now: Date.now() }),
      ),
    read: (room: TestRoom, by: Person, seq: number) =>
      change([
        {
          kind: 'read.advanced',
          roomId: room.room.id,
          by,
          messageId: null,
          position: { roomId: room.room.id, userId: by.userId, seq, readAt: new Date().toISOString() },
        },
      ]),
    inbox: async (who: Person, query = ''): Promise<Inbox> => (await call(who, 'GET', query)).body,
    unread: async (who: Person): Promise<Inbox> => (await call(who, 'GET', '/unread')).body,
    stop: async () => {
      await service.stop();
      await db.destroy();
      await bus.close();
      await database.drop();
    },
  };
}
