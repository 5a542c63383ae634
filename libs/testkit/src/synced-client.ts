import type {
  AccountChange,
  MemberPosition,
  Message,
  ReadPosition,
  SyncAnswer,
  SyncedAccount,
  ThreadPosition,
} from '@parley/contracts';

/** Everything that a person can see, as plain data. */
export interface Snapshot {
  rooms: Record<
    string,
    {
      name: string | null;
      messages: Message[];
      positions: { userId: string; seq: number; readAt: string }[];
      /** Their own. */
      threads: ThreadPosition[];
    }
  >;
  /** Their settings, drafts and bookmarks, in the order of their changes. */
  account: AccountChange[];
}

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
  threads: Map<number, ThreadPosition>;
}

const unknownRoom = (): Omit<KnownRoom, 'name'> => ({
  ...{ seq: 0, readSeq: 0 },
  ...{ messages: new Map(), positions: new Map(), threads: new Map() },
});

export interface SyncManner {
  /** Maximum changes per room and page. */
  limit: number;
  roomsPerCall: number;
  /** Runs between two calls. */
  meanwhile?: () => Promise<void>;
}

/** A copy of the user's account, kept current by its numbered changes. */
class AccountCopy {
  readonly #items = new Map<string, AccountChange>();
  #seq = 0;
  #more = false;

  get cursor(): { seq: number; more?: true } {
    return { seq: this.#seq, ...(this.#more && { more: true }) };
  }

  get changes(): AccountChange[] {
    return [...this.#items.values()].sort((one, other) => one.seq - other.seq);
  }

  /** Returns whether there is more. */
  apply({ seq, hasMore, changes, reset }: SyncedAccount): boolean {
    if (reset) this.#items.clear();
    for (const change of changes) {
      const { seq: _, ...subject } = { ...change, settings: '', draft: '', bookmark: '' };
      const key = JSON.stringify(subject);
      if (isRemoval(change)) this.#items.delete(key);
      else this.#items.set(key, change);
    }
    this.#seq = seq;
    this.#more = hasMore;
    return hasMore;
  }
}

function isRemoval(change: AccountChange): boolean {
  if ('draft' in change) return change.draft === null;
  return ('bookmark' in change ? change.bookmark : change.settings) === null;
}

/** A client that brings a snapshot of any age up to date with `sync` alone. */
export class SyncedClient {
  readonly #rest: Rest;
  readonly #rooms = new Map<string, KnownRoom>();
  readonly #account = new AccountCopy();

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
      const seen = snapshot.rooms[roomId];
      if (!seen) continue;
      const messages = new Map(seen.messages.map((message) => [message.id, message]));
      const positions = new Map(seen.positions.map((position) => [position.userId, position]));
      const threads = new Map(seen.threads.map((position) => [position.threadRootSeq, position]));
      this.#rooms.set(roomId, { name: seen.name, seq, readSeq, messages, positions, threads });
    }
    await this.#followAccount({ limit: 200 });
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
    await this.#followAccount(manner);
  }

  snapshot(): Snapshot {
    const rooms = Object.fromEntries(
      [...this.#rooms]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([roomId, { name, messages, positions, threads }]) => [
          roomId,
          {
            name,
            messages: [...messages.values()].sort((one, other) => one.seq - other.seq),
            positions: [...positions.values()]
              .flatMap(({ userId, seq, readAt }) => (readAt === null ? [] : [{ userId, seq, readAt }]))
              .sort(byUser),
            threads: [...threads.values()].sort(byRoot),
          },
        ]),
    );
    return { rooms, account: this.#account.changes };
  }

  async #followAccount({ limit, meanwhile }: Pick<SyncManner, 'limit' | 'meanwhile'>): Promise<void> {
    for (let hasMore = true; hasMore; await meanwhile?.()) {
      const { account } = await this.#ask({ rooms: [], limit, account: this.#account.cursor });
      hasMore = account !== undefined && this.#account.apply(account);
    }
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
      const answer = await this.#ask({
        rooms,
        limit: manner.limit,
        threads: true,
        ...(range && { gained: range }),
      });
      for (const { roomId, name } of answer.gained) {
        if (this.#rooms.has(roomId)) continue;
        this.#rooms.set(roomId, { name, ...unknownRoom() });
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
    for (const { roomId, name, seq, readSeq, changes, positions, threads = [] } of answer.rooms) {
      const room = this.#rooms.get(roomId);
      if (!room) continue;
      for (const change of changes) {
        if (change.kind === 'message') room.messages.set(change.message.id, change.message);
        if (change.kind === 'left') room.positions.delete(change.userId);
      }
      for (const { userId, seq: read, readAt } of positions)
        room.positions.set(userId, { userId, seq: read, readAt });
      for (const position of threads) room.threads.set(position.threadRootSeq, position);
      Object.assign(room, { name, seq, readSeq });
    }
  }

  #ask(body: object): Promise<SyncAnswer> {
    return must<SyncAnswer>(this.#rest, 'POST', '/api/v1/sync', body);
  }
}

/**
 * The current state from REST: the rooms, their whole history with reactions, the read positions;
 * by `sync` from the beginning, the user's positions in threads and their account.
 */
export async function freshSnapshot(rest: Rest): Promise<Snapshot> {
  const rooms: Snapshot['rooms'] = {};
  const { gained } = await must<SyncAnswer>(rest, 'POST', '/api/v1/sync', { rooms: [], gained: {} });
  const heads = new Map(gained.map(({ roomId, seq }) => [roomId, seq]));
  for (const { id: roomId, name } of await rest.rooms()) {
    const { positions } = await must<{ positions: ReadPosition[] }>(
      rest,
      'GET',
      `/api/v1/rooms/${roomId}/read-positions`,
    );
    rooms[roomId] = {
      name,
      messages: await wholeHistory(rest, roomId),
      positions: positions.map(({ userId, seq, readAt }) => ({ userId, seq, readAt })).sort(byUser),
      threads: await allThreads(rest, roomId, heads.get(roomId) ?? 0),
    };
  }
  const account = new AccountCopy();
  for (let hasMore = true; hasMore; ) {
    const body = { rooms: [], account: account.cursor };
    const answer = await must<SyncAnswer>(rest, 'POST', '/api/v1/sync', body);
    hasMore = answer.account !== undefined && account.apply(answer.account);
  }
  return { rooms, account: account.changes };
}

/** The caller's positions in threads: a client that knows all messages, and no positions. */
async function allThreads(rest: Rest, roomId: string, seq: number): Promise<ThreadPosition[]> {
  const threads = new Map<number, ThreadPosition>();
  for (let cursor: { seq: number; readSeq: number } | undefined = { seq, readSeq: 0 }; cursor; ) {
    const body = { rooms: [{ roomId, ...cursor }], threads: true };
    const answer: SyncAnswer = await must(rest, 'POST', '/api/v1/sync', body);
    const [page] = answer.rooms;
    for (const position of page?.threads ?? []) threads.set(position.threadRootSeq, position);
    cursor = page?.hasMore ? { seq: page.seq, readSeq: page.readSeq } : undefined;
  }
  return [...threads.values()].sort(byRoot);
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

const byRoot = (one: ThreadPosition, other: ThreadPosition) => one.threadRootSeq - other.threadRootSeq;
const byUser = (one: { userId: string }, other: { userId: string }) => (one.userId < other.userId ? -1 : 1);

async function must<T>(rest: Rest, method: string, path: string, body?: object): Promise<T> {
  const answer = await rest.call(method, path, body);
  if (answer.status !== 200)
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body as T;
}
