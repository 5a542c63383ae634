import type { MemberPosition, Message, ReadPosition, SyncAnswer } from '@parley/contracts';

/** Everything that a person can see, as plain data. */
export type Snapshot = Record<
  string,
  { name: string | null; messages: Message[]; positions: { userId: string; seq: number; readAt: string }[] }
>;

/** Requests on behalf of one person. */
export interface Rest {
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  /** The person's current rooms. */
  rooms(): Promise<readonly { id: string; name: string | null }[]>;
}

interface KnownRoom {
  name: string | null;
  seq: number;
  readSeq: number;
  messages: Map<string, Message>;
  positions: Map<string, Pick<MemberPosition, 'userId' | 'seq' | 'readAt'>>;
}

export interface SyncManner {
  /** Maximum changes per room and page. */
  limit: number;
  roomsPerCall: number;
  /** Runs between two calls. */
  meanwhile?: () => Promise<void>;
}

/** A client that brings a snapshot of any age up to date with `sync` alone. */
export class SyncedClient {
  readonly #rest: Rest;
  readonly #rooms = new Map<string, KnownRoom>();

  constructor(rest: Rest) {
    this.#rest = rest;
  }

  /** The cursors of its next request. */
  get cursors(): { roomId: string; seq: number; readSeq: number }[] {
    return [...this.#rooms].map(([roomId, { seq, readSeq }]) => ({ roomId, seq, readSeq }));
  }

  /**
   * Loads the state from REST. Reads the cursors first, so that concurrent changes are returned
   * again.
   */
  async load(): Promise<void> {
    const { gained } = await this.#ask({ rooms: [], gained: {} });
    const snapshot = await freshSnapshot(this.#rest);
    for (const { roomId, seq, readSeq } of gained) {
      const seen = snapshot[roomId];
      if (!seen) continue;
      const messages = new Map(seen.messages.map((message) => [message.id, message]));
      const positions = new Map(seen.positions.map((position) => [position.userId, position]));
      this.#rooms.set(roomId, { name: seen.name, seq, readSeq, messages, positions });
    }
  }

  async sync(manner: SyncManner): Promise<void> {
    // The rooms of each call cover a range of ids; the last range is open.
    const known = [...this.#rooms.keys()].sort();
    const gained: string[] = [];
    for (
      let start = 0, after: string | undefined;
      start === 0 || start < known.length;
      start += manner.roomsPerCall
    ) {
      const roomIds = known.slice(start, start + manner.roomsPerCall);
      const isLast = start + manner.roomsPerCall >= known.length;
      gained.push(
        ...(await this.#walk(roomIds, manner, {
          ...(after && { after }),
          ...(!isLast && { upTo: roomIds.at(-1) }),
        })),
      );
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
              .sort(byUser),
          },
        ]),
    );
  }

  /** Requests page after page until nothing is left. Returns the rooms gained. */
  async #walk(
    roomIds: readonly string[],
    manner: SyncManner,
    gained?: { after?: string; upTo?: string | undefined },
  ): Promise<string[]> {
    const met: string[] = [];
    for (let asked = [...roomIds], range = gained; asked.length > 0 || range; ) {
      const rooms = asked.flatMap((roomId) => {
        const room = this.#rooms.get(roomId);
        return room ? [{ roomId, seq: room.seq, readSeq: room.readSeq }] : [];
      });
      const answer = await this.#ask({ rooms, limit: manner.limit, ...(range && { gained: range }) });
      for (const { roomId, name } of answer.gained) {
        if (this.#rooms.has(roomId)) continue;
        this.#rooms.set(roomId, { name, seq: 0, readSeq: 0, messages: new Map(), positions: new Map() });
        met.push(roomId);
      }
      this.apply(answer);
      range = answer.gainedAfter ? { ...range, after: answer.gainedAfter } : undefined;
      asked = answer.rooms.flatMap(({ roomId, hasMore }) => (hasMore ? [roomId] : []));
      await manner.meanwhile?.();
    }
    return met;
  }

  /** Applies a page of `sync`, or the answer to `resume`. */
  apply(answer: SyncAnswer): void {
    for (const roomId of answer.gone) this.#rooms.delete(roomId);
    for (const { roomId, name, seq, readSeq, changes, positions } of answer.rooms) {
      const room = this.#rooms.get(roomId);
      if (!room) continue;
      for (const change of changes) {
        if (change.kind === 'message') room.messages.set(change.message.id, change.message);
        if (change.kind === 'left') room.positions.delete(change.userId);
      }
      for (const { userId, seq: read, readAt } of positions)
        room.positions.set(userId, { userId, seq: read, readAt });
      Object.assign(room, { name, seq, readSeq });
    }
  }

  #ask(body: object): Promise<SyncAnswer> {
    return must<SyncAnswer>(this.#rest, 'POST', '/api/v1/sync', body);
  }
}

/**
 * The current state from REST: the rooms, their whole history with reactions, and the read
 * positions.
 */
export async function freshSnapshot(rest: Rest): Promise<Snapshot> {
  const snapshot: Snapshot = {};
  for (const { id: roomId, name } of await rest.rooms()) {
    const { positions } = await must<{ positions: ReadPosition[] }>(
      rest,
      'GET',
      `/api/v1/rooms/${roomId}/read-positions`,
    );
    snapshot[roomId] = {
      name,
      messages: await wholeHistory(rest, roomId),
      positions: positions.map(({ userId, seq, readAt }) => ({ userId, seq, readAt })).sort(byUser),
    };
  }
  return snapshot;
}

async function wholeHistory(rest: Rest, roomId: string): Promise<Message[]> {
  const all: Message[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const path = `/api/v1/rooms/${roomId}/messages?limit=200&after_seq=${after}`;
    const page: HistoryPage = await must(rest, 'GET', path);
    all.push(...page.messages);
    after = page.pagination.hasMore ? page.pagination.after_seq : null;
  }
  return all;
}

interface HistoryPage {
  messages: Message[];
  pagination: { hasMore: boolean; after_seq: number | null };
}

const byUser = (one: { userId: string }, other: { userId: string }) => (one.userId < other.userId ? -1 : 1);

async function must<T>(rest: Rest, method: string, path: string, body?: object): Promise<T> {
  const answer = await rest.call(method, path, body);
  if (answer.status !== 200)
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body as T;
}
