import { answer, type Bus, publishEvent } from '@parley/bus';
import {
  type CommandAnswer,
  calls,
  type EventData,
  type EventOf,
  type EventType,
  type Message,
  makeEvent,
  parseEvent,
  type RoomState,
  type SyncChange,
} from '@parley/contracts';
import { type Clock, newId } from '@parley/runtime';

export interface Person {
  userId: string;
  username: string;
  organizationId?: string | null;
  organizationRole?: 'admin' | 'user' | null;
  isBot?: true;
  /** Of a bot. */
  owner?: { kind: 'user' | 'organization'; id: string };
}

interface Room {
  state: RoomState;
  members: Map<string, 'owner' | 'admin' | 'member'>;
  seq: number;
  messages: Map<string, Message>;
  joins: SyncChange[];
}

export const person = (username: string, more: Partial<Person> = {}): Person => ({
  userId: newId(),
  username,
  ...more,
});

/** The test plays the directory, the messages service and auth: their answers, and their events. */
export class World {
  readonly rooms = new Map<string, Room>();
  /** Pairs of user ids, written together. */
  readonly blocks = new Set<string>();
  readonly people = new Map<string, Person>();
  /** The answers to commands that only one user receives. */
  readonly answers: { userId: string; answer: CommandAnswer }[] = [];
  /** Whether events reach the service. */
  announces = true;
  readonly #bus: Bus;
  readonly #clock: Clock;

  constructor(bus: Bus, clock: Clock) {
    this.#bus = bus;
    this.#clock = clock;
  }

  async answer(): Promise<void> {
    const bus = this.#bus;
    // The bus confirms an event only when every group has it.
    await bus.consume('timeline', 'notifications', async () => undefined);
    await bus.consume('directory', 'messages', async () => undefined);
    await bus.consume('directory', 'notifications', async () => undefined);
    await bus.consume('auth', 'directory', async () => undefined);
    await bus.consume('notifications', 'gateway', async (envelopes) => {
      for (const envelope of envelopes) {
        const event = parseEvent(envelope);
        if (event?.type === 'command.answered') this.answers.push(event.data);
      }
    });
    const known = (roomIds: readonly string[]) => roomIds.flatMap((roomId) => this.rooms.get(roomId) ?? []);
    await answer(bus, calls.getStandings, async ({ userId, roomIds }) => ({
      rooms: known(roomIds).map(({ state }) => state),
      members: known(roomIds).flatMap(({ state, members }) => {
        const role = members.get(userId);
        return role ? [membership(state.id, userId, role)] : [];
      }),
    }));
    await answer(bus, calls.getUserRooms, async ({ userId }) => ({
      roomIds: [...this.rooms.values()]
        .filter(({ members }) => members.has(userId))
        .map(({ state }) => state.id),
    }));
    await answer(bus, calls.getHeads, async ({ roomIds, before }) => ({
      heads: known(roomIds).map((room) => ({
        roomId: room.state.id,
        seq: before ? lastBefore(room, before) : room.seq,
      })),
    }));
    await answer(bus, calls.getBlocks, async ({ pairs }) => ({
      pairs: pairs.filter(([a, b]) => this.blocks.has(a + b) || this.blocks.has(b + a)),
    }));
    await answer(bus, calls.getIdentity, async ({ userId }) => {
      const found = this.people.get(userId);
      const { organizationId = null, organizationRole = null } = found ?? {};
      const createdAt = new Date(0).toISOString();
      return found ? { ...found, name: '', organizationId, organizationRole, createdAt } : null;
    });
    await answer(bus, calls.syncRooms, async ({ userId, rooms, limit, newAtCreation }) => ({
      gone: [],
      gained: [],
      gainedAfter: null,
      rooms: rooms.flatMap(({ roomId, seq }) => {
        const room = this.rooms.get(roomId);
        if (!room?.members.has(userId)) return [];
        const base = { roomId, name: room.state.name, readSeq: 0, positions: [] };
        if (seq > room.seq)
          return [{ ...base, seq: room.seq, hasMore: false, changes: [], reset: true as const }];
        const placeOf = (change: SyncChange) =>
          newAtCreation && change.kind === 'message' && change.message.seq > seq
            ? change.message.seq
            : change.seq;
        const all = changesOf(room)
          .filter((change) => change.seq > seq)
          .sort((a, b) => placeOf(a) - placeOf(b));
        const changes = all.slice(0, limit);
        const last = changes.at(-1);
        const hasMore = changes.length < all.length;
        return [{ ...base, changes, hasMore, seq: last && hasMore ? placeOf(last) : room.seq }];
      }),
    }));
  }

  known(one: Person): Person {
    this.people.set(one.userId, one);
    return one;
  }

  room(people: readonly Person[], more: Partial<RoomState> = {}): string {
    const state: RoomState = {
      id: newId(),
      kind: 'group',
      name: 'a room',
      isPrivate: true,
      organizationId: null,
      ...more,
    };
    const members = new Map(
      people.map(({ userId }, index) => [userId, index === 0 ? 'owner' : 'member'] as const),
    );
    this.rooms.set(state.id, { state, members, seq: 0, messages: new Map(), joins: [] });
    return state.id;
  }

  /** Adds or changes a message. */
  async write(roomId: string, by: Person, content: string, edited?: Partial<Message>): Promise<Message> {
    const room = this.#room(roomId);
    room.seq += 1;
    const message: Message = {
      id: newId(),
      roomId,
      seq: room.seq,
      clientId: null,
      replyTo: null,
      isEncrypted: false,
      reactions: [],
      createdAt: new Date(this.#clock()).toISOString(),
      editedAt: null,
      deletedAt: null,
      ...edited,
      userId: by.userId,
      username: by.username,
      ...(by.isBot && { isBot: true }),
      changedSeq: room.seq,
      content,
    };
    room.messages.set(message.id, message);
    await this.announce(message);
    return message;
  }

  /** The bus may repeat it. */
  async announce(message: Message): Promise<void> {
    if (!this.announces) return;
    const { roomId, changedSeq: seq } = message;
    const changes = [{ kind: 'message.created' as const, roomId, seq, message }];
    const event = makeEvent('timeline.changed', { changes }, { id: newId(), now: this.#clock() });
    await this.#bus.publish('timeline', this.#bus.partitionOf('timeline', roomId), event);
  }

  async writeMany(roomId: string, by: Person, count: number): Promise<Message[]> {
    const messages: Message[] = [];
    for (let number = 1; number <= count; number++)
      messages.push(await this.write(roomId, by, `number ${number}`));
    return messages;
  }

  async join(roomId: string, one: Person, at = this.#clock()): Promise<void> {
    const room = this.#room(roomId);
    room.members.set(one.userId, 'member');
    room.seq += 1;
    const { userId, username } = one;
    room.joins.push({ kind: 'joined', seq: room.seq, userId, username, time: new Date(at).toISOString() });
    const joined = membership(roomId, userId, 'member');
    await this.publish('member.joined', { roomId, room: room.state, membership: joined, addedBy: null }, at);
  }

  async leave(roomId: string, { userId, username }: Person): Promise<void> {
    this.#room(roomId).members.delete(userId);
    await this.publish('member.left', { roomId, userId, username, version: 9, reason: 'left' });
  }

  /** An older state of the room was restored. */
  restore(roomId: string, seq: number): void {
    const room = this.#room(roomId);
    for (const { id, changedSeq } of room.messages.values()) if (changedSeq > seq) room.messages.delete(id);
    room.seq = seq;
  }

  headOf(roomId: string): number {
    return this.#room(roomId).seq;
  }

  messagesOf(roomId: string): Message[] {
    return [...this.#room(roomId).messages.values()];
  }

  async publish<T extends EventType>(type: T, data: EventData<T>, now = this.#clock()): Promise<void> {
    if (!this.announces) return;
    await publishEvent(this.#bus, makeEvent(type, data, { id: newId(), now }) as EventOf<EventType>);
  }

  #room(roomId: string): Room {
    const room = this.rooms.get(roomId);
    if (!room) throw new Error('no such room');
    return room;
  }
}

const membership = (roomId: string, userId: string, role: 'owner' | 'admin' | 'member') => ({
  roomId,
  userId,
  username: 'someone',
  role,
  canSend: true,
  version: 1,
});

const changesOf = ({ messages, joins }: Room): SyncChange[] =>
  [...messages.values()]
    .map((message): SyncChange => ({ kind: 'message', seq: message.changedSeq, message }))
    .concat(joins)
    .sort((a, b) => a.seq - b.seq);

const timeOf = (change: SyncChange) => (change.kind === 'message' ? change.message.createdAt : change.time);

const lastBefore = (room: Room, before: string): number =>
  changesOf(room)
    .filter((change) => timeOf(change) < before)
    .reduce((last, { seq }) => Math.max(last, seq), 0);
