import type {
  HistoryPage,
  Login,
  NewRoom,
  PeoplePage,
  Registration,
  RoomCursor,
  RoomPage,
  SessionAnswer,
  SyncAnswer,
} from './answers.ts';
import { type Api, createApi } from './api.ts';
import type { ClientOptions } from './client-options.ts';
import type { Message, Operations, Profile, RoomView } from './contract.ts';
import { Emitter } from './emitter.ts';
import { refusedWhenNew } from './hints.ts';
import { newId } from './new-id.ts';
import { ParleyError } from './parley-error.ts';
import { Rest } from './rest.ts';
import { parseServerUrl, type ServerUrl } from './server-url.ts';
import { Session } from './session.ts';
import { TokenKeeper } from './token-keeper.ts';
import { type Exchanged, MemoryStorage, secondsLeft, type TokenStorage, type Tokens } from './tokens.ts';

/** Short, because people wait for it before they are asked for anything. */
const pingTimeoutMs = 10_000;
/** Paths that need no login, and answer with one. */
const entrances = ['/auth/register', '/auth/login', '/auth/refresh'];
/** Needs no login, and logs nobody in. */
const keyToken = '/auth/key-token';

/** @throws ParleyError `invalid_url` */
export const createClient = (options: ClientOptions): ParleyClient => new ParleyClient(options);

/**
 * A client of Parley: methods for REST, and `connect()` for live events. Every method throws a
 * ParleyError.
 */
export class ParleyClient {
  readonly #server: ServerUrl;
  readonly #rest: Rest;
  readonly #tokens: TokenKeeper;
  readonly #storage: TokenStorage;
  readonly #sessions = new Set<Session>();
  readonly #emitter = new Emitter<{ login: Tokens | null }>();
  /** The option `threads`. */
  readonly showsThreads: boolean;
  /**
   * Every operation of `/api/v1` by its id. `logIn`, `register` and `refresh` log this client in,
   * `logOut` and `eraseMe` log it out.
   */
  readonly api: Api;

  constructor(options: ClientOptions) {
    const { url, tokens, storage = new MemoryStorage(tokens), key, actFor, getToken, onTokens } = options;
    this.showsThreads = options.threads ?? false;
    this.#server = parseServerUrl(url);
    this.#rest = new Rest(this.#server.href);
    this.#tokens = new TokenKeeper({
      rest: this.#rest,
      storage,
      onTokens: (changed) => {
        onTokens?.(changed);
        this.#emitter.emit('login', changed);
      },
      onReplaced: (other) => {
        for (const session of this.#sessions)
          other ? session.conflict(other.userId) : session.close('not_logged_in');
      },
      ...(key !== undefined && { exchange: () => this.#exchangeKey({ key, ...actFor }) }),
      ...(getToken && { exchange: () => this.#adoptToken(getToken) }),
      clock: Date.now,
    });
    this.#tokens.watch();
    this.#storage = storage;
    this.api = {
      ...createApi((method, path, body) => this.#call(method, path, body)),
      logOut: () => this.logout(),
      eraseMe: ({ password }) => this.eraseMe(password),
    };
  }

  /** The logged-in user. @throws `not_logged_in` */
  async me(): Promise<{ userId: string; username: string }> {
    const { userId, username } = await this.#tokens.current();
    return { userId, username };
  }

  /**
   * Calls when a user has logged in or out (`null`), here or in another tab, and when tokens of the
   * same login were refreshed. Returns a function that stops it.
   */
  onLogin(listener: (user: { userId: string; username: string } | null) => void): () => void {
    return this.#emitter.on('login', (tokens) =>
      listener(tokens && { userId: tokens.userId, username: tokens.username }),
    );
  }

  /**
   * Resolves once Parley has responded. Needs no login.
   * @throws ParleyError `network`, `timeout`, `not_parley`, `unavailable`
   */
  async ping(): Promise<void> {
    await this.#rest.call('GET', '/.well-known/jwks.json', { timeoutMs: pingTimeoutMs });
  }

  /** Registers and logs in. */
  register(registration: Registration): Promise<SessionAnswer> {
    return this.api.register(registration);
  }

  /** Requires one of `email`, `username` and `login` (either). */
  login(login: Login): Promise<SessionAnswer> {
    return this.api.logIn(login);
  }

  /**
   * Number of the user's messages that the server does not have yet, also of other tabs with the
   * same storage. Logging out forgets them. @throws `not_logged_in`
   */
  async unsent(): Promise<number> {
    const { userId } = await this.#tokens.current();
    const stored = (await this.#storage.pending?.load(userId)) ?? [];
    const pending = [...this.#sessions].flatMap((session) => session.pending());
    return new Set([...stored, ...pending].map(({ clientId }) => clientId)).size;
  }

  /**
   * Ends the login here and on the server, and closes all sessions.
   * @param options.onlyHere does not call the server, which may be unreachable: there, the login
   *   remains until it expires. @default false
   */
  async logout({ onlyHere = false }: { onlyHere?: boolean } = {}): Promise<void> {
    try {
      if (!onlyHere) await this.#call('POST', '/auth/logout');
    } catch (error) {
      // Already logged out.
      if (
        !['session_revoked', 'invalid_refresh_token', 'not_logged_in'].includes(ParleyError.from(error).code)
      )
        throw error;
    }
    for (const session of this.#sessions) session.close('not_logged_in');
    await this.#tokens.set(null);
  }

  /** Deletes the account for good and logs out. @throws ParleyError `invalid_credentials` */
  async eraseMe(password: string): Promise<void> {
    await this.#call('DELETE', '/auth/me', { password });
    for (const session of this.#sessions) session.close('not_logged_in');
    await this.#tokens.set(null);
  }

  /** Rooms that the user may see, newest first; with `mine`, those they belong to. */
  rooms(query: { mine?: boolean; cursor?: string; limit?: number } = {}): Promise<RoomPage> {
    return this.api.listRooms(query);
  }

  room(roomId: string): Promise<RoomView> {
    return this.api.getRoom({ roomId });
  }

  createRoom(room: NewRoom): Promise<RoomView> {
    return this.api.createRoom(room);
  }

  /** The direct room of both users, created if there is none. */
  directRoom(userId: string): Promise<RoomView> {
    return this.api.createRoom({ kind: 'direct', userId });
  }

  /** Joins a public channel. Idempotent. */
  joinRoom(roomId: string): Promise<RoomView> {
    return this.api.joinRoom({ roomId });
  }

  /** Ends the membership. */
  async leaveRoom(roomId: string): Promise<void> {
    await this.api.leaveRoom({ roomId });
  }

  joinByInvite(token: string): Promise<RoomView> {
    return this.api.joinByInvite({ token });
  }

  /** People with a username, a name, or a word in them that begins with `search`. */
  users(query: { search?: string; cursor?: string; limit?: number } = {}): Promise<PeoplePage> {
    return this.api.listUsers(query);
  }

  user(userId: string): Promise<Profile> {
    return this.api.getUser({ userId });
  }

  /**
   * A page of a room's messages, oldest first; without a cursor the latest. With `threads`, it has
   * threads instead of replies that are only in them.
   */
  history(
    roomId: string,
    query: { limit?: number; before_seq?: number; after_seq?: number; threads?: boolean } = {},
  ): Promise<HistoryPage> {
    return this.api.getHistory({ roomId, ...query });
  }

  message(roomId: string, messageId: string): Promise<Message> {
    return this.api.getMessage({ roomId, messageId });
  }

  /**
   * Changes in rooms since the given cursors; a session calls this by itself. With `gained`, also
   * the rooms that the user has joined: of all (`{}`), or of a range of ids when one call cannot
   * take all rooms.
   */
  sync(
    rooms: RoomCursor[],
    { limit = 500, gained }: { limit?: number; gained?: { after?: string; upTo?: string } } = {},
  ): Promise<SyncAnswer> {
    return this.api.sync({ rooms, limit, ...(gained && { gained }) });
  }

  /** Goes online until the session is closed. */
  connect(): Session {
    const session = new Session({
      server: this.#server,
      tokens: this.#tokens,
      storage: this.#storage,
      threads: this.showsThreads,
      sync: (rooms) => this.sync(rooms),
      historyAfter: (roomId, after_seq) => this.history(roomId, { after_seq, limit: 200 }),
      clock: Date.now,
      random: Math.random,
      newId,
    });
    this.#sessions.add(session);
    session.on('connection', ({ state }) => {
      if (state === 'stopped') this.#sessions.delete(session);
    });
    return session;
  }

  /** A key is exchanged again instead of refreshed. */
  async #exchangeKey(body: Operations['exchangeKey']['input']): Promise<Exchanged> {
    const answer = await this.#rest.call<Operations['exchangeKey']['output']>(
      'POST',
      '/api/v1/auth/key-token',
      { body },
    );
    const { userId, keyId, username, accessToken, expiresIn } = answer;
    return { user: { id: userId ?? keyId, username }, accessToken, refreshToken: '', expiresIn };
  }

  async #adoptToken(getToken: () => Promise<string>): Promise<Exchanged> {
    const accessToken = await getToken();
    const { user } = await this.#rest.call<Operations['getMe']['output']>('GET', '/api/v1/auth/me', {
      token: accessToken,
    });
    return { user, accessToken, refreshToken: '', expiresIn: secondsLeft(accessToken, Date.now()) };
  }

  /** Calls with the token. If it has expired, repeats the call with a new one. */
  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const call = (token?: string) =>
      this.#rest.call<T>(method, `/api/v1${path}`, { body, ...(token && { token }) });
    if (path === keyToken) return call();
    if (entrances.includes(path)) {
      const answer = await call();
      await this.#tokens.set(answer as SessionAnswer);
      return answer;
    }
    const { accessToken } = await this.#tokens.fresh();
    try {
      return await call(accessToken);
    } catch (error) {
      if (!['token_expired', 'unauthenticated'].includes(ParleyError.from(error).code)) throw error;
    }
    return call((await this.#tokens.renew(accessToken)).accessToken).catch(refusedWhenNew);
  }
}
