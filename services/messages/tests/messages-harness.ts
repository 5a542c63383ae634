import { type Backplane, ChangePublisher } from '@parley/backplane';
import { answer, type Bus, MemoryBus, publishEvent } from '@parley/bus';
import {
  type ClientContract,
  calls,
  type EventData,
  type EventOf,
  type EventType,
  type Membership,
  type Message,
  makeEvent,
  type RoomState,
  roomShares,
  type Scope,
  shareOf,
} from '@parley/contracts';
import { type Database, Outbox } from '@parley/database';
import { Metrics } from '@parley/metrics';
import { type Clock, createLogger, newId, systemClock } from '@parley/runtime';
import { createTestAuth, createTestDatabase, type TestAuth, type TestDatabase } from '@parley/testkit';
import { type Answer, bootService, memoryBus } from '@parley/testkit/boot-service';
import { Submitter } from '@parley/timeline';
import { createContext } from '../src/create-context.ts';
import { Databases } from '../src/databases.ts';
import { messageRates } from '../src/message-rates.ts';
import { createService, messagesConfig } from '../src/service.ts';
import type { Context } from '../src/usecases/context.ts';
import { createSecondDatabase } from './second-database.ts';

export interface Person {
  userId: string;
  username: string;
  /** The session's contract. @default none, as in tokens of earlier releases */
  contract?: ClientContract;
  /** The token is that of a key, with these scopes. */
  keyScopes?: readonly Scope[];
}

/**
 * The messages service as production composes it, on a real database; the test acts as the
 * directory.
 */
export interface MessagesHarness {
  bus: Bus;
  /**
   * Creates a room and publishes its event (`announce: false`: the service has to ask the
   * directory).
   */
  room(
    people: Person[],
    options?: {
      kind?: RoomState['kind'];
      isPrivate?: boolean;
      earlierUnread?: boolean;
      announce?: boolean;
      /** Of the room's id. @default any */
      share?: number | undefined;
    },
  ): Promise<RoomState>;
  /** Publishes the directory's events; resolves when the service has handled them. */
  join(room: RoomState, person: Person, at?: number): Promise<void>;
  /** Publishes the event of a room that was not announced. */
  announce(room: RoomState): Promise<void>;
  /** Adds a member without an event. */
  admit(room: RoomState, membership: Membership): void;
  leave(room: RoomState, person: Person, reason?: 'left' | 'removed'): Promise<void>;
  /** The person's name has changed. */
  rename(room: RoomState, person: Person): Promise<void>;
  change(room: RoomState, changes: Partial<RoomState>): Promise<void>;
  close(room: RoomState): Promise<void>;
  /** The person's rooms according to the directory. */
  roomsOf(person: Person): RoomState[];
  membership(room: RoomState, person: Person, changes?: Partial<Membership>): Membership;
  call(person: Person, method: string, path: string, body?: unknown): Promise<Answer>;
  send(person: Person, room: RoomState, content: string, extra?: object): Promise<Message>;
  /** The value of a counter with these labels; 0 if there is none. */
  counter(name: string, labels: Record<string, string>): Promise<number>;
  /** The first person blocks the other. */
  ignore(one: Person, other: Person): void;
  /** Number of membership calls to the directory. */
  asked: { count: number };
  stop(): Promise<void>;
}
// biome-ignore lint/suspicious/noExplicitAny: tests read answers freely
export type Json = any;

export const person = (username: string): Person => ({ userId: newId(), username });

/** For tests that call use cases themselves, beside the service. Close its submitter. */
export async function createTestContext(bus: Bus, db: Database): Promise<Context> {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const infrastructure = { bus, logger, metrics: new Metrics(), clock: systemClock, newId };
  const submitter = await Submitter.start({ bus, newId, clock: systemClock });
  const publisher = new ChangePublisher({ ...infrastructure, backplane: undefined });
  const rates = messageRates('off').parse(undefined);
  const config = {
    MESSAGE_RATE: rates,
    ROOM_MENTION_RATE: 'off',
    ERASE_MESSAGES: 'keep',
    RECEIPTS_UP_TO: 100,
    SEARCH_RATE: 'off',
  } as const;
  return createContext(config, infrastructure, {
    databases: new Databases([{ db, replicaDb: undefined, searchDb: db }]),
    submitter,
    publisher,
    outbox: new Outbox({ db, bus, logger }),
  });
}

/** Its partitions of `submissions` are shares. */
const busOfShares = () =>
  new MemoryBus({
    logger: createLogger({ service: 'test', level: 'silent' }),
    timelinePartitions: roomShares,
  });

export async function startMessages(
  options: {
    rate?: string;
    env?: Record<string, string>;
    bus?: Bus;
    database?: TestDatabase;
    replicaUrl?: string;
    auth?: TestAuth;
    clock?: Clock;
    backplane?: Backplane;
    /** Divides the rooms between two databases. */
    twoDatabases?: boolean;
    /** Has every other share of the rooms. */
    second?: TestDatabase;
  } = {},
): Promise<MessagesHarness> {
  const bus = options.bus ?? (options.twoDatabases || options.second ? busOfShares() : memoryBus());
  const database = options.database ?? (await createTestDatabase());
  const second = options.second ?? (options.twoDatabases ? await createSecondDatabase(database) : undefined);
  const auth = options.auth ?? (await createTestAuth(bus));
  const env = {
    DATABASE_URL: database.url,
    MESSAGES_DATABASE_URLS: second && `${database.url},${second.url}`,
    DATABASE_REPLICA_URL: options.replicaUrl,
    MESSAGE_RATE: options.rate ?? 'off',
    SEARCH_RATE: 'off',
    ...options.env,
  };
  const rooms = new Map<string, { room: RoomState; members: Map<string, Membership> }>();
  const asked = { count: 0 };
  const ignored = new Map<string, Set<string>>();
  await answer(bus, calls.getMemberships, async ({ roomId, userIds }) => {
    asked.count++;
    const found = rooms.get(roomId);
    return {
      room: found?.room ?? null,
      members: userIds.flatMap((userId) => found?.members.get(userId) ?? []),
    };
  });
  await answer(bus, calls.getStandings, async ({ userId, roomIds }) => {
    asked.count++;
    const found = roomIds.flatMap((roomId) => rooms.get(roomId) ?? []);
    const seen = ({ room, members }: { room: RoomState; members: Map<string, Membership> }) =>
      members.has(userId) && room.kind === 'direct'
        ? [...members.values()]
        : [members.get(userId) ?? []].flat();
    return { rooms: found.map(({ room }) => room), members: found.flatMap(seen) };
  });
  await answer(bus, calls.getRoomMembers, async ({ roomId, limit }) => ({
    members: [...(rooms.get(roomId)?.members.values() ?? [])].slice(0, limit),
  }));
  await answer(bus, calls.getBlockedUsers, async ({ userId }) => ({
    userIds: [...(ignored.get(userId) ?? [])],
  }));
  await answer(bus, calls.findDirectRoom, async ({ userId, otherId }) => {
    const isTheirs = ({ room, members }: { room: RoomState; members: Map<string, Membership> }) =>
      room.kind === 'direct' && members.has(userId) && members.has(otherId);
    return { room: [...rooms.values()].find(isTheirs)?.room ?? null };
  });
  const service = await bootService(
    { config: messagesConfig, createService },
    {
      env,
      bus,
      ...(options.clock && { clock: options.clock }),
      ...(options.backplane && { backplane: options.backplane }),
    },
  );

  const membership = (
    room: RoomState,
    { userId, username }: Person,
    changes: Partial<Membership> = {},
  ): Membership => ({
    roomId: room.id,
    userId,
    username,
    role: 'member',
    canSend: true,
    version: 1,
    ...changes,
  });
  const publish = <T extends EventType>(type: T, data: EventData<T>, now = Date.now()) =>
    publishEvent(bus, makeEvent(type, data, { id: newId(), now }) as EventOf<EventType>);
  const found = (room: RoomState) => {
    const known = rooms.get(room.id);
    if (!known) throw new Error('no such room');
    return known;
  };
  let version = 1_000;
  const harness: MessagesHarness = {
    bus,
    roomsOf: ({ userId }) =>
      [...rooms.values()].flatMap(({ room, members }) => (members.has(userId) ? [room] : [])),
    announce: (room) =>
      publish('room.created', { room: found(room).room, members: [...found(room).members.values()] }),
    join: async (room, one, at) => {
      const joined = membership(room, one, { version: ++version });
      found(room).members.set(one.userId, joined);
      await publish(
        'member.joined',
        { roomId: room.id, room: found(room).room, membership: joined, addedBy: null },
        at,
      );
    },
    admit: (room, joined) => void found(room).members.set(joined.userId, joined),
    leave: async (room, { userId, username }, reason = 'left') => {
      found(room).members.delete(userId);
      await publish('member.left', { roomId: room.id, userId, username, version: ++version, reason });
    },
    rename: async (room, one) => {
      const renamed = membership(room, one, { version: ++version });
      found(room).members.set(one.userId, renamed);
      await publish('member.updated', { roomId: room.id, membership: renamed });
    },
    change: async (room, changes) => {
      found(room).room = { ...room, ...changes };
      await publish('room.updated', { room: found(room).room });
    },
    close: async (room) => {
      rooms.delete(room.id);
      await publish('room.deleted', { roomId: room.id, by: newId() });
    },
    ignore: ({ userId }, other) =>
      void ignored.set(userId, (ignored.get(userId) ?? new Set()).add(other.userId)),
    asked,
    counter: async (name, labels) => {
      const { values } = (await service.metrics.registry.getSingleMetric(name)?.get()) ?? { values: [] };
      const found = values.find((value) =>
        Object.entries(labels).every(([label, text]) => value.labels[label] === text),
      );
      return found?.value ?? 0;
    },
    membership,
    room: async (
      people,
      { kind = 'group', isPrivate = true, earlierUnread = false, announce = true, share } = {},
    ) => {
      let id = newId();
      while (share !== undefined && shareOf(id) !== share) id = newId();
      const room: RoomState = {
        id,
        kind,
        name: kind === 'direct' ? null : 'a room',
        isPrivate,
        organizationId: null,
        earlierUnread,
      };
      const members = people.map((one, index) =>
        membership(room, one, { role: index === 0 ? 'owner' : 'member', version: index + 1 }),
      );
      rooms.set(room.id, { room, members: new Map(members.map((member) => [member.userId, member])) });
      if (announce) await publish('room.created', { room, members });
      return room;
    },
    call: ({ userId, username, contract, keyScopes }, method, path, body) => {
      const token = auth.token({
        ...{ userId, username, sessionId: userId },
        ...(contract && { contract }),
        ...(keyScopes && { grant: { scopes: keyScopes } }),
      });
      return service.call(method, path, { token, body });
    },
    send: async (sender, room, content, extra) => {
      const sent = await harness.call(sender, 'POST', `/api/v1/rooms/${room.id}/messages`, {
        content,
        ...extra,
      });
      if (sent.status !== 201) throw new Error(`${sent.status} ${JSON.stringify(sent.body)}`);
      return sent.body;
    },
    stop: async () => {
      await service.stop();
      if (!options.bus) await bus.close();
      if (!options.database) await database.drop();
      if (!options.second) await second?.drop();
    },
  };
  return harness;
}
