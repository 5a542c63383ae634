import type { MemberPosition, Message, SyncAnswer } from '@parley/contracts';
import type { MessagesHarness, Person } from './messages-harness.ts';

/** All that a person can see, as plain data. */
export type Snapshot = Record<
  string,
  { name: string | null; messages: Message[]; positions: { userId: string; seq: number; readAt: string }[] }
>;

interface KnownRoom {
  name: string | null;
  seq: number;
  readSeq: number;
  messages: Map<string, Message>;
  positions: Map<string, Pick<MemberPosition, 'userId' | 'seq' | 'readAt'>>;
}

export interface SyncManner {
  /** Changes per room and page. */
  limit: number;
  roomsPerCall: number;
  /** What happens between two calls. */
  meanwhile?: () => Promise<void>;
}

/** A client that holds a snapshot of any age, and makes it a fresh one by `sync` alone. */
export class SyncedClient {
  readonly #messages: MessagesHarness;
  readonly person: Person;
  readonly #rooms = new Map<string, KnownRoom>();

  constructor(messages: MessagesHarness, person: Person) {
    this.#messages = messages;
    this.person = person;
  }

  /** Begins with what REST answers: the cursors first, so that what changes meanwhile is told again. */
  async load(): Promise<void> {
    const { gained } = await this.#ask({ rooms: [], gained: {} });
    const snapshot = await freshSnapshot(this.#messages, this.person);
    for (const { roomId, seq, readSeq } of gained) {
      const seen = snapshot[roomId];
      if (!seen) continue;
      const messages = new Map(seen.messages.map((message) => [message.id, message]));
      const positions = new Map(seen.positions.map((position) => [position.userId, position]));
      this.#rooms.set(roomId, { name: seen.name, seq, readSeq, messages, positions });
    }
  }

  async sync(manner: SyncManner): Promise<void> {
    // The rooms of each call cover a stretch of ids; the last one has no end.
    const known = [...this.#rooms.keys()].sort();
    const gained: string[] = [];
    for (let start = 0, after: string | undefined; start === 0 || start < known.length; start += manner.roomsPerCall) {
      const roomIds = known.slice(start, start + manner.roomsPerCall);
      const isLast = start + manner.roomsPerCall >= known.length;
      gained.push(...(await this.#walk(roomIds, manner, { ...(after && { after }), ...(!isLast && { upTo: roomIds.at(-1) }) })));
      after = roomIds.at(-1);
    }
    for (const roomId of gained) await this.#walk([roomId], manner);
  }

  snapshot(): Snapshot {
    return Object.fromEntries(
      [...this.#rooms]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([roomId, { name, messages, positions }]) => [
          roomId,
          {
            name,
            messages: [...messages.values()].sort((one, other) => one.seq - other.seq),
            positions: [...positions.values()]
              .flatMap(({ userId, seq, readAt }) => (readAt === null ? [] : [{ userId, seq, readAt }]))
              .sort((one, other) => (one.userId < other.userId ? -1 : 1)),
          },
        ]),
    );
  }

  /** Page by page until nothing is left. Answers the rooms gained. */
  async #walk(roomIds: readonly string[], manner: SyncManner, gained?: { after?: string; upTo?: string | undefined }): Promise<string[]> {
    const met: string[] = [];
    for (let asked = [...roomIds], stretch = gained; asked.length > 0 || stretch; ) {
      const rooms = asked.flatMap((roomId) => {
        const room = this.#rooms.get(roomId);
        return room ? [{ roomId, seq: room.seq, readSeq: room.readSeq }] : [];
      });
      const answer = await this.#ask({ rooms, limit: manner.limit, ...(stretch && { gained: stretch }) });
      for (const { roomId, name } of answer.gained) {
        if (this.#rooms.has(roomId)) continue;
        this.#rooms.set(roomId, { name, seq: 0, readSeq: 0, messages: new Map(), positions: new Map() });
        met.push(roomId);
      }
      this.#apply(answer);
      stretch = answer.gainedAfter ? { ...stretch, after: answer.gainedAfter } : undefined;
      asked = answer.rooms.flatMap(({ roomId, hasMore }) => (hasMore ? [roomId] : []));
      await manner.meanwhile?.();
    }
    return met;
  }

  #apply(answer: SyncAnswer): void {
    for (const roomId of answer.gone) this.#rooms.delete(roomId);
    for (const { roomId, name, seq, readSeq, changes, positions } of answer.rooms) {
      const room = this.#rooms.get(roomId);
      if (!room) continue;
      for (const change of changes) {
        if (change.kind === 'message') room.messages.set(change.message.id, change.message);
        if (change.kind === 'left') room.positions.delete(change.userId);
      }
      for (const { userId, seq: read, readAt } of positions) room.positions.set(userId, { userId, seq: read, readAt });
      Object.assign(room, { name, seq, readSeq });
    }
  }

  async #ask(body: object): Promise<SyncAnswer> {
    const answer = await this.#messages.call(this.person, 'POST', '/api/v1/sync', body);
    if (answer.status !== 200) throw new Error(`sync: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}

/** What REST answers now: the rooms, their whole history with its reactions, and the read positions. */
export async function freshSnapshot(messages: MessagesHarness, person: Person): Promise<Snapshot> {
  const get = async (path: string) => {
    const answer = await messages.call(person, 'GET', path);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const snapshot: Snapshot = {};
  for (const { id: roomId, name } of messages.roomsOf(person)) {
    const history = await get(`/api/v1/rooms/${roomId}/messages?limit=200&after_seq=0`);
    if (history.pagination.hasMore) throw new Error('more than a page');
    const { positions } = await get(`/api/v1/rooms/${roomId}/read-positions`);
    const told: Snapshot[string]['positions'] = positions.map(({ userId, seq, readAt }: MemberPosition) => ({ userId, seq, readAt }));
    told.sort((one, other) => (one.userId < other.userId ? -1 : 1));
    snapshot[roomId] = { name, messages: history.messages, positions: told };
  }
  return snapshot;
}
