import { answer, type Bus, publishEvent } from '@parley/bus';
import {
  type ClientContract,
  calls,
  type EventData,
  type EventOf,
  type EventType,
  type Membership,
  makeEvent,
  type RoomState,
} from '@parley/contracts';
import { AppError } from '@parley/errors';
import { newId } from '@parley/runtime';
import { createTestAuth, type TestAuth, testNamespace, testServices } from '@parley/testkit';
import { bootService } from '@parley/testkit/boot-service';
import { io, type Socket } from 'socket.io-client';
import { createService, gatewayConfig } from '../src/service.ts';
import { answerAboutUsers, lostMemberships } from './fake-directory.ts';
import { FakeLog } from './fake-log.ts';
import { FakeWriter } from './fake-writer.ts';
import {
  connectBus,
  type Gateway,
  gatewayEnv,
  membership,
  type Person,
  type Servers,
} from './harness-parts.ts';
import { type Client, connected, createClient } from './test-client.ts';

export { type Gateway, metric, type Person, person } from './harness-parts.ts';
export { type Client, connected, type Json, waitFor } from './test-client.ts';

/**
 * Gateways composed as in production, each with its own connection to the real RabbitMQ and Redis.
 * The test plays the directory, messages and auth on a bus of its own.
 */
export class World {
  readonly namespace: string;
  readonly bus: Bus;
  readonly auth: TestAuth;
  readonly writer: FakeWriter;
  readonly #rooms = new Map<string, { room: RoomState; members: Map<string, Membership>; version: number }>();
  readonly contacts = new Map<string, string[]>();
  /** User → the users between whom and them there is a block. */
  readonly blocks = new Map<string, Set<string>>();
  readonly #gateways: Gateway[] = [];
  readonly #sockets: Socket[] = [];
  /** Called before a new member's call is answered. */
  beforeJoinReply: (room: RoomState, userId: string) => Promise<void> = async () => undefined;
  /** As above, before the members of one room are answered. */
  beforeMemberships: () => Promise<void> = async () => undefined;
  /** Called before the memberships in many rooms are answered. */
  beforeStandings: () => Promise<void> = async () => undefined;
  /** Called before the rooms of users are answered. */
  beforeRooms: () => Promise<void> = async () => undefined;
  /** Membership questions received from gateways; those about many rooms after missed events. */
  askedMembers = 0;
  askedInBulk = 0;
  readonly log = new FakeLog();
  readonly #servers: Servers;

  private constructor(bus: Bus, auth: TestAuth, namespace: string, servers: Servers) {
    this.#servers = servers;
    this.bus = bus;
    this.auth = auth;
    this.namespace = namespace;
    this.writer = new FakeWriter(bus, { redisUrl: servers.redisUrl, namespace }, (roomId) => {
      const found = this.#rooms.get(roomId);
      return found && { room: found.room, people: [...found.members.keys()] };
    });
  }

  /** @param own servers of the test's own, if the test stops them */
  static async start(own: Partial<Servers> = {}): Promise<World> {
    const servers = { ...testServices(), ...own };
    const namespace = testNamespace();
    const bus = await connectBus(servers.amqpUrl, namespace);
    const world = new World(bus, await createTestAuth(bus), namespace, servers);
    await answer(bus, calls.getMemberships, async ({ roomId, userIds }) => {
      world.askedMembers++;
      await world.beforeMemberships();
      const found = world.#rooms.get(roomId);
      return {
        room: found?.room ?? null,
        members: userIds.flatMap((userId) => found?.members.get(userId) ?? []),
      };
    });
    await answer(bus, calls.getStandings, async ({ userId, roomIds }) => {
      world.askedMembers++;
      await world.beforeStandings();
      const found = roomIds.flatMap((roomId) => world.#rooms.get(roomId) ?? []);
      return {
        rooms: found.map(({ room }) => room),
        members: found.flatMap(({ members }) => members.get(userId) ?? []),
      };
    });
    await answer(bus, calls.getDirectoryEvents, async (question) => world.log.read(question));
    await answer(bus, calls.getLostMemberships, async ({ rooms }) => {
      world.askedInBulk++;
      return { lost: lostMemberships(rooms, (roomId) => world.#rooms.get(roomId)?.members) };
    });
    await answer(bus, calls.getRoomMembers, async ({ roomId, limit }) => ({
      members: [...(world.#rooms.get(roomId)?.members.values() ?? [])].slice(0, limit),
    }));
    const roomsOf = (userId: string, direct: boolean) =>
      [...world.#rooms.values()].flatMap(({ room, members }) =>
        members.has(userId) && (direct || room.kind !== 'direct') ? [room.id] : [],
      );
    const sizeOf = (roomId: string) => world.#rooms.get(roomId)?.room.memberCount ?? 0;
    await answerAboutUsers(bus, world, { roomsOf, sizeOf });
    await answer(bus, calls.openDirectRoom, async ({ userId, otherId }) => {
      const pair = [userId, otherId];
      const found = [...world.#rooms.values()].find(
        ({ room, members }) => room.kind === 'direct' && pair.every((person) => members.has(person)),
      );
      const people = pair.map((person) => ({ userId: person, username: person.slice(0, 8) }));
      return { room: found?.room ?? (await world.room(people, { kind: 'direct', name: null })) };
    });
    await answer(bus, calls.joinRoom, async ({ userId, roomId }) => {
      const found = world.#rooms.get(roomId);
      if (!found || found.room.isPrivate) throw new AppError('room_not_found');
      await world.addMember(found.room, { userId, username: userId.slice(0, 8) });
      await world.beforeJoinReply(found.room, userId);
      return { room: found.room };
    });
    await answer(bus, calls.createChatRoom, async ({ userId, roomId, name, invited }) => {
      const people = [userId, ...invited].map((person) => ({ userId: person, username: person.slice(0, 8) }));
      return { room: await world.room(people, { id: roomId, name }) };
    });
    await answer(bus, calls.locateMessage, async ({ messageId }) => ({
      roomId: world.writer.roomOf(messageId),
    }));
    await world.writer.start();
    return world;
  }

  /** The environment of a gateway. */
  settings(env: Record<string, string> = {}) {
    return { ...gatewayEnv(this.namespace, this.#servers), ...env };
  }

  async gateway(env: Record<string, string> = {}): Promise<Gateway> {
    const settings = this.settings(env);
    const bus = await connectBus(settings.AMQP_URL, this.namespace);
    const service = await bootService({ config: gatewayConfig, createService }, { env: settings, bus });
    const stop = async () => {
      await service.stop();
      await bus.close();
    };
    const gateway = { ...service, stop };
    this.#gateways.push(gateway);
    return gateway;
  }

  /** Creates a room and announces it to the gateways, unless `announce` is false. */
  async room(
    people: Person[],
    options: Partial<RoomState> & { announce?: boolean } = {},
  ): Promise<RoomState> {
    const { announce = true, ...state } = options;
    const room: RoomState = {
      id: newId(),
      kind: 'group',
      name: 'a room',
      isPrivate: true,
      organizationId: null,
      ...state,
    };
    const members = people.map((one, index) => membership(room, one, index + 1));
    this.#rooms.set(room.id, {
      room,
      members: new Map(members.map((member) => [member.userId, member])),
      version: members.length,
    });
    if (announce) await this.publish('room.created', { room, members });
    return room;
  }

  async addMember(room: RoomState, one: Person): Promise<void> {
    await this.addSilently(room, one)();
  }

  /** Adds a member. The result announces it: the directory's event, then the timeline's change. */
  addSilently(room: RoomState, one: Person): () => Promise<void> {
    const found = this.#found(room);
    const version = ++found.version;
    const joined = membership(room, one, version);
    found.members.set(one.userId, joined);
    const data = { roomId: room.id, room, membership: joined, addedBy: null };
    const publish = this.#prepare('member.joined', data);
    return async () => {
      await publish();
      await this.#append('member.joined', room, one, version);
    };
  }

  async removeMember(room: RoomState, one: Person): Promise<void> {
    await this.removeSilently(room, one)();
  }

  /** Removes a member; see `addSilently`. A gateway that was cut off misses the announcement. */
  removeSilently(room: RoomState, one: Person): () => Promise<void> {
    const found = this.#found(room);
    found.members.delete(one.userId);
    const version = ++found.version;
    const publish = this.#prepare('member.left', { roomId: room.id, ...one, version, reason: 'removed' });
    return async () => {
      await publish();
      await this.#append('member.left', room, one, version);
    };
  }

  /** Changes a member's right to send without an event. */
  setCanSend(room: RoomState, one: Person, canSend: boolean): void {
    const found = this.#found(room);
    found.members.set(one.userId, { ...membership(room, one, ++found.version), canSend });
  }

  /** Begins (or ends) a block between two users. */
  async block(a: Person, b: Person, on = true): Promise<void> {
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const others = this.blocks.get(one.userId) ?? new Set();
      if (on) others.add(other.userId);
      else others.delete(other.userId);
      this.blocks.set(one.userId, others);
    }
    await this.publish(on ? 'user.blocked' : 'user.unblocked', { userId: a.userId, blockedId: b.userId });
  }

  async deleteRoom(room: RoomState, by: Person): Promise<void> {
    this.#rooms.delete(room.id);
    await this.publish('room.deleted', { roomId: room.id, by: by.userId });
  }

  async publish<T extends EventType>(type: T, data: EventData<T>): Promise<void> {
    await this.#prepare(type, data)();
  }

  /** Stores an event as the directory does. The result publishes it. */
  #prepare<T extends EventType>(type: T, data: EventData<T>): () => Promise<void> {
    const event = makeEvent(type, data, { id: newId(), now: Date.now() }) as EventOf<EventType>;
    this.log.add(event);
    return () => this.log.publish(event, (marked) => publishEvent(this.bus, marked));
  }

  /** Connects; rejects with the `connect_error`. */
  async connect(
    gateway: { url: string },
    who: Person,
    options: { token?: string; sessionId?: string; ttlMs?: number; contract?: ClientContract } = {},
  ): Promise<Client> {
    const { sessionId, ttlMs, contract = 'rooms' } = options;
    const token =
      options.token ?? this.auth.token({ ...who, contract, ...(sessionId && { sessionId }) }, ttlMs);
    const client = this.client(gateway.url, { auth: { token } });
    await connected(client.socket);
    return client;
  }

  /** Connects and joins the room. */
  async join(gateway: { url: string }, who: Person, room: RoomState): Promise<Client> {
    const client = await this.connect(gateway, who);
    await client.emit('join_room', { roomId: room.id });
    return client;
  }

  client(url: string, options: object): Client {
    const socket = io(url, { transports: ['websocket'], forceNew: true, reconnection: false, ...options });
    this.#sockets.push(socket);
    return createClient(socket);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.disconnect();
    await Promise.all(this.#gateways.map((gateway) => gateway.stop()));
    await this.writer.close();
    await this.bus.close();
  }

  #append(
    kind: 'member.joined' | 'member.left',
    room: RoomState,
    by: Person,
    version: number,
  ): Promise<void> {
    const reason = kind === 'member.left' ? 'removed' : null;
    const time = new Date().toISOString();
    return this.writer.append(room.id, (seq) => ({ kind, roomId: room.id, seq, by, reason, version, time }));
  }

  #found(room: RoomState) {
    const found = this.#rooms.get(room.id);
    if (!found) throw new Error('no such room');
    return found;
  }
}
