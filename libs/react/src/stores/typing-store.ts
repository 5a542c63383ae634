import type { Lifetime } from './lifetime.ts';
import { type Live, type Login, listen } from './live.ts';
import { LiveStore } from './live-store.ts';

export interface TypingUser {
  userId: string;
  username: string;
}

/** A user without further signals has stopped. */
const fadeMs = 6_000;
/** Repeats the user's own lifetime while they type, because it expires at the receivers. */
const repeatMs = 3_000;
/** Typing ends after this time without a key. */
const idleMs = 4_000;

const nobody: TypingUser[] = [];

/** The other users who are typing in a room, and the lifetime of this one. */
export class TypingStore extends LiveStore<TypingUser[]> {
  readonly #roomId: string;
  readonly #fading = new Map<string, ReturnType<typeof setTimeout>>();
  #signalledAt = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(login: Login, roomId: string) {
    super(login, nobody);
    this.#roomId = roomId;
  }

  /** To be called on each key. Sends a lifetime every few seconds. */
  readonly onInput = (): void => {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(this.onStop, idleMs);
    if (Date.now() - this.#signalledAt < repeatMs) return;
    this.#signalledAt = Date.now();
    void this.live?.session.typing(this.#roomId, true);
  };

  /** To be called when the input is emptied without sending. Typing ends by itself, too. */
  readonly onStop = (): void => {
    if (this.#signalledAt === 0) return;
    this.#sent();
    void this.live?.session.typing(this.#roomId, false);
  };

  protected start(live: Live, lifetime: Lifetime): void {
    const here = ({ roomId, userId }: { roomId: string; userId: string }) =>
      roomId === this.#roomId && userId !== live.userId;
    lifetime.onEnd(live.follower.follow(this.#roomId).release);
    listen(live, lifetime, 'typing', (event) => {
      if (here(event)) this.#put(event, event.isTyping);
    });
    listen(live, lifetime, 'message', (event) => {
      if (here(event)) this.#put(event, false);
      // The server ends the lifetime with the message.
      else if (event.roomId === this.#roomId) this.#sent();
    });
    listen(live, lifetime, 'left', (event) => {
      if (here(event)) this.#put(event, false);
    });
    lifetime.onEnd(() => {
      clearTimeout(this.#idle);
      this.#signalledAt = 0;
      for (const timer of this.#fading.values()) clearTimeout(timer);
      this.#fading.clear();
    });
  }

  #sent(): void {
    clearTimeout(this.#idle);
    this.#signalledAt = 0;
  }

  #put({ userId, username }: TypingUser, isTyping: boolean): void {
    clearTimeout(this.#fading.get(userId));
    this.#fading.delete(userId);
    const users = this.get();
    const isShown = users.some((user) => user.userId === userId);
    if (isTyping) {
      const fade = () => this.#put({ userId, username }, false);
      this.#fading.set(userId, setTimeout(fade, fadeMs));
    }
    if (isTyping === isShown) return;
    const others = users.filter((user) => user.userId !== userId);
    this.set(isTyping ? [...others, { userId, username }] : others);
  }
}
