import {
  type Login as Credentials,
  type ParleyClient,
  ParleyError,
  type Registration,
  type StopReason,
} from '@parley/client';
import { AccountStore } from './account-store.ts';
import { ConnectionStore } from './connection-store.ts';
import { Follower } from './follower.ts';
import { Lifetime } from './lifetime.ts';
import { type Live, onReturn, required } from './live.ts';
import { roomScope, threadScope } from './message-scope.ts';
import { MessagesStore } from './messages-store.ts';
import { NotificationsStore } from './notifications-store.ts';
import { PinsStore } from './pins-store.ts';
import { PresenceStore } from './presence-store.ts';
import { ReadPositionsStore } from './read-positions-store.ts';
import { RoomPresenceStore } from './room-presence-store.ts';
import { RoomStore } from './room-store.ts';
import { RoomsStore } from './rooms-store.ts';
import { type ProfileChange, SessionStore } from './session-store.ts';
import { StorePool } from './store-pool.ts';
import { ThreadListStore } from './thread-list-store.ts';
import { noThreads, ThreadsStore } from './threads-store.ts';
import { TypingSignal } from './typing-signal.ts';
import { TypingStore } from './typing-store.ts';
import { UserNamesStore } from './user-names-store.ts';
import { Value } from './value.ts';

interface User {
  userId: string;
  username: string;
}

/** Longer than StrictMode needs to run an effect again. */
const stopAfterMs = 1_000;

/**
 * Everything that the hooks show of one client. It lives outside React, works while at least one
 * provider is mounted, and makes no requests before.
 */
export class ParleyStore {
  readonly client: ParleyClient;
  readonly session = new SessionStore();
  readonly connection = new ConnectionStore();
  readonly live = new Value<Live | null>(null);
  readonly userNames = new UserNamesStore(this.live);
  readonly account = new AccountStore(this.live, { account: null });
  readonly rooms = new RoomsStore(this.live, this.userNames, this.account);
  readonly pins = new StorePool((roomId) => new PinsStore(this.live, roomId));
  readonly presence = new PresenceStore(this.live, this.rooms);
  readonly notifications = new NotificationsStore(this.live);
  readonly room = new StorePool((roomId) => new RoomStore(this.live, roomId, this.rooms, this.userNames));
  readonly threads = new ThreadsStore(this.live, noThreads);
  readonly messages = new StorePool(
    (roomId) => new MessagesStore(this.live, roomId, roomScope(roomId, this.rooms, this.threads)),
  );
  readonly thread = new StorePool((key) => {
    const [roomId = '', messageId = ''] = key.split(' ');
    return new MessagesStore(this.live, roomId, threadScope(roomId, messageId, this.threads));
  });
  readonly threadLists = new StorePool(
    (key) => new ThreadListStore(this.live, key, this.threads, this.rooms),
  );
  readonly typing = new TypingStore(this.live);
  readonly typingSignal = new StorePool((roomId) => new TypingSignal(this.live, roomId));
  readonly readPositions = new StorePool((roomId) => new ReadPositionsStore(this.live, roomId));
  readonly roomPresence = new StorePool((roomId) => new RoomPresenceStore(this.live, roomId, this.presence));
  #uses = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;
  /** Ends what the present login has started. */
  #end: (() => void) | undefined;
  #stopWatching: (() => void) | undefined;
  /** Whether this client is logging in or out by itself. */
  #isAsked = false;

  constructor(client: ParleyClient) {
    this.client = client;
  }

  /** Starts the store. Returns a function that ends this use. */
  use(): () => void {
    this.#uses += 1;
    clearTimeout(this.#idle);
    if (!this.#stopWatching) this.#start();
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.#uses -= 1;
      if (this.#uses === 0) this.#idle = setTimeout(() => this.#stop(), stopAfterMs);
    };
  }

  readonly methods = {
    logIn: (login: Credentials): Promise<void> => this.#ask(() => this.client.login(login)),

    register: (registration: Registration): Promise<void> =>
      this.#ask(() => this.client.register(registration)),

    logOut: (options: { onlyHere?: boolean } = {}): Promise<void> =>
      this.#ask(() => this.client.logout(options)),

    /** Loads the user's profile again. @throws ParleyError */
    refreshProfile: async (): Promise<void> => {
      const live = required(this.live.get());
      const isCurrent = () => this.live.get() === live;
      const { api } = live.client;
      try {
        const [profile, { user }] = await Promise.all([api.getMyProfile(), api.getMe()]);
        if (!isCurrent()) return;
        this.userNames.learn([{ ...profile, userId: profile.id }]);
        // The directory, which has the profile, learns of a new organization a moment later.
        const { email, organizationId, organizationRole } = user;
        this.session.patch({
          profile: { ...profile, email, organizationId, organizationRole },
          profileError: null,
        });
      } catch (error) {
        if (isCurrent()) this.session.patch({ profileError: ParleyError.from(error) });
        throw error;
      }
    },

    /** @throws ParleyError */
    updateProfile: async (change: ProfileChange): Promise<void> => {
      const live = this.live.get();
      const profile = await this.client.api.updateMe(change);
      this.userNames.learn([{ ...profile, userId: profile.id }]);
      const before = this.session.get().profile;
      if (!before || this.live.get() !== live) return this.methods.refreshProfile();
      const { organizationId } = before;
      this.session.patch({ profile: { ...before, ...profile, organizationId } });
    },
  };

  #start(): void {
    this.#stopWatching = this.client.onLogin((user) => this.#loggedIn(user));
    const { client } = this;
    client.me().then(
      (user) => this.#loggedIn(user),
      () => this.#loggedIn(null),
    );
  }

  #stop(): void {
    this.#stopWatching?.();
    this.#stopWatching = undefined;
    this.#end?.();
    this.session.set(this.session.getInitial());
    this.connection.set(this.connection.getInitial());
  }

  /** Lets `#loggedIn` know that the user wants the change. */
  async #ask(work: () => Promise<unknown>): Promise<void> {
    this.#isAsked = true;
    try {
      await work();
    } finally {
      this.#isAsked = false;
    }
  }

  #loggedIn(user: User | null): void {
    if (!this.#stopWatching) return;
    const before = this.live.get();
    // Only the tokens are new.
    if (user && user.userId === before?.userId) return;
    this.#end?.();
    const reason: StopReason = user ? 'conflict' : 'not_logged_in';
    const ended = before && !this.#isAsked ? reason : user && this.#isAsked ? null : this.session.get().ended;
    if (user) this.#begin(user, ended);
    else this.#loggedOut(ended);
  }

  #begin(user: User, ended: StopReason | null): void {
    const { client } = this;
    const session = client.connect();
    const live: Live = { client, session, ...user, follower: new Follower(session) };
    const lifetime = new Lifetime();
    const stops = [
      this.connection.follow(live),
      session.on('connection', (event) => {
        if (event.state === 'stopped') this.#stoppedBy(event.reason);
      }),
    ];
    this.#end = () => {
      this.#end = undefined;
      lifetime.end();
      for (const stop of stops) stop();
      this.live.set(null);
      session.close();
    };
    this.session.set({ ...this.session.getInitial(), state: 'loggedIn', user, ended });
    const loadProfile = () => {
      if (!this.session.get().profile) this.methods.refreshProfile().catch(() => undefined);
    };
    onReturn(live, lifetime, loadProfile);
    this.live.set(live);
    loadProfile();
  }

  /** The session has ended. The login of another user arrives as such. */
  #stoppedBy(reason: StopReason): void {
    if (reason === 'conflict') return;
    this.#end?.();
    this.#loggedOut(reason === 'closed' || this.#isAsked ? null : reason);
  }

  #loggedOut(ended: StopReason | null): void {
    this.session.set({ ...this.session.getInitial(), state: 'loggedOut', ended });
    this.connection.stopped(ended ?? undefined);
  }
}

const stores = new WeakMap<ParleyClient, ParleyStore>();

/** The one store of a client, which all of its providers share. */
export function storeOf(client: ParleyClient): ParleyStore {
  const store = stores.get(client) ?? new ParleyStore(client);
  stores.set(client, store);
  return store;
}
